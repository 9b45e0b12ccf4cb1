package io.rebootless.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.wire.AgentReport;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.FleetHost;
import io.rebootless.wire.GateReport;
import io.rebootless.wire.LivepatchState;
import io.rebootless.wire.Protection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A disk was copied, and the token with it. */
@ExtendWith(SharedServer.class)
class CloneTest {
    private static final String DIRECTIVE = "/api/v1/agent/directive";
    private static final String REPORT = "/api/v1/agent/report";

    private final TestServer server;
    private final KernelBuild kernel = Samples.kernel();
    private final UUID journal = UUID.randomUUID();
    private Enrollment enrollment;
    private Api token;
    private long number;

    CloneTest(TestServer server) {
        this.server = server;
    }

    @BeforeEach
    void enroll() {
        enrollment = Samples.enroll(server, kernel, Map.of("clone", journal.toString()));
        token = server.api().as(enrollment.token());
    }

    private Api.Answer report(String hostname, String boot, long uptime) {
        return token.put(
                REPORT,
                new AgentReport(
                        1,
                        journal,
                        ++number,
                        hostname,
                        kernel,
                        boot,
                        uptime,
                        "0.1.0",
                        Instant.now(),
                        1,
                        AgentState.IDLE,
                        null,
                        new LivepatchState(true, true, 0, 0, null, false, false),
                        null,
                        List.of(),
                        "machine-of-" + hostname,
                        List.of(),
                        List.of(),
                        Map.of()));
    }

    /** Has all that was heard of the host have been heard earlier. */
    private void minutesPass(int minutes) {
        server.jdbc()
                .sql("""
                        UPDATE host_run SET first_at = first_at - make_interval(mins => :minutes),
                               last_at = last_at - make_interval(mins => :minutes) WHERE host_id = :host
                        """)
                .param("minutes", minutes)
                .param("host", enrollment.hostId())
                .update();
    }

    private FleetHost view() {
        return server.admin().get("/api/v1/hosts/" + enrollment.hostId()).as(FleetHost.class);
    }

    private void twoMachinesReport() {
        for (int minutes = 0; minutes < 9; minutes += 3) {
            report("web-1", "boot-a", 1000 + 60 * minutes);
            report("web-2", "boot-b", 77 + 60 * minutes);
            minutesPass(3);
        }
        report("web-1", "boot-a", 1540);
    }

    @Test
    void two_machines_are_found_named_and_let_in_no_more() {
        twoMachinesReport();
        var proof = report("web-2", "boot-b", 617);

        assertThat(proof.problem()).isEqualTo("host-cloned");
        assertThat(proof.status()).isEqualTo(401);
        assertThat(proof.text()).contains("enroll --force");
        assertThat(token.get(DIRECTIVE).problem()).isEqualTo("host-cloned");
        assertThat(token.get("/api/v1/bundles/" + "0".repeat(64)).problem()).isEqualTo("host-cloned");
        var view = view();
        assertThat(view.clones())
                .extracting(FleetHost.Machine::hostname, FleetHost.Machine::machineId, FleetHost.Machine::bootId)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("web-1", "machine-of-web-1", "boot-a"),
                        org.assertj.core.groups.Tuple.tuple("web-2", "machine-of-web-2", "boot-b"));
        assertThat(view.clones()).extracting(FleetHost.Machine::address).containsOnly("127.0.0.1");
        assertThat(view.protection()).isEqualTo(Protection.ATTENTION);
        var gate = server.admin()
                .get("/api/v1/gate?cve=CVE-2026-0001&label=clone=" + journal)
                .as(GateReport.class);
        assertThat(gate.verdict()).isEqualTo(GateReport.Verdict.UNKNOWN);
        assertThat(server.jdbc()
                        .sql("SELECT detail FROM audit_entry WHERE action = 'host.clone-detected' AND subject = :host")
                        .param("host", "host:" + enrollment.hostId())
                        .query(String.class)
                        .single())
                .contains("web-1", "web-2", "boot-a", "boot-b", "127.0.0.1");
    }

    @Test
    void both_are_hosts_of_their_own_after_enrolling_again() {
        twoMachinesReport();
        report("web-2", "boot-b", 617);
        var again = Samples.enroll(server, kernel, Map.of());
        assertThat(server.api().as(again.token()).get(DIRECTIVE).status()).isEqualTo(200);
        assertThat(server.admin().delete("/api/v1/hosts/" + enrollment.hostId()).status())
                .isEqualTo(204);
    }

    @Test
    void a_host_that_has_rebooted_is_asked_for_its_state_and_accused_of_nothing() {
        report("web-1", "boot-a", 1000);
        minutesPass(7);
        assertThat(token.send(token.request(DIRECTIVE).header("Rebootless-Boot", "boot-a"))
                        .header("Rebootless-Report-Wanted"))
                .isEmpty();
        assertThat(token.send(token.request(DIRECTIVE).header("Rebootless-Boot", "boot-b"))
                        .header("Rebootless-Report-Wanted"))
                .isEqualTo("true");
        report("web-1", "boot-b", 20);
        minutesPass(7);
        assertThat(report("web-1", "boot-b", 440).status()).isEqualTo(200);
        assertThat(token.send(token.request(DIRECTIVE).header("Rebootless-Boot", "boot-b"))
                        .header("Rebootless-Report-Wanted"))
                .isEmpty();
        assertThat(view().clones()).isNull();
    }
}
