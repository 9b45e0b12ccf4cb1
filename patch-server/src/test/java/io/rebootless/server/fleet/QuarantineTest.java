package io.rebootless.server.fleet;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Audit;
import io.rebootless.server.testing.HangingPoll;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BlockingTask;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.FleetHost;
import io.rebootless.wire.FleetHost.Quarantine;
import io.rebootless.wire.GateReport;
import io.rebootless.wire.Protection;
import io.rebootless.wire.PublishedBundle;
import io.rebootless.wire.QuarantineLift;
import io.rebootless.wire.QuarantinedBundle;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a host does not apply again because it seems to have crashed under it, until an operator lifts that. */
@ExtendWith(SharedServer.class)
class QuarantineTest {
    private static final String DIRECTIVE = "/api/v1/agent/directive";
    private static final String LIFTED = "Rebootless-Quarantine-Lifted";

    private final TestServer server;
    private final KernelBuild kernel = Samples.kernel();
    private final UUID journal = UUID.randomUUID();
    private long number;
    private Enrollment enrollment;
    private Api host;
    private PublishedBundle bundle;

    QuarantineTest(TestServer server) {
        this.server = server;
    }

    @BeforeEach
    void a_host_and_what_it_is_to_run() {
        enrollment = Samples.enroll(server, kernel, Map.of("test", journal.toString()));
        host = server.api().as(enrollment.token());
        bundle = publish(1);
    }

    private PublishedBundle publish(long level) {
        return server.admin()
                .upload(TestBundles.signed(kernel, level, 0, TestBundles.manifest(level, "CVE-2026-0001"), alice()))
                .as(PublishedBundle.class);
    }

    private QuarantinedBundle crashed(Sha256 identity) {
        return Samples.quarantined(identity, 1);
    }

    private void report(AgentState state, @Nullable Sha256 of, QuarantinedBundle... quarantined) {
        var plain = Samples.report(journal, ++number, kernel, state, of == null ? 0 : 1, of);
        var answer = host.put("/api/v1/agent/report", Samples.with(plain, List.of(quarantined), List.of()));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    private String path() {
        return "/api/v1/hosts/" + enrollment.hostId();
    }

    private FleetHost view() {
        return server.admin().get(path()).as(FleetHost.class);
    }

    private Api.Answer lift(UUID... ids) {
        return server.admin()
                .post(path() + "/quarantine/lift", new QuarantineLift(List.of(ids), null, "it was the power"));
    }

    private Api.Answer poll() {
        return host.get(DIRECTIVE);
    }

    private List<UUID> listed(String filter) {
        return server.admin()
                .get("/api/v1/hosts?label=test=%s%s".formatted(journal, filter))
                .json()
                .get("items")
                .valueStream()
                .map(item -> UUID.fromString(item.get("id").stringValue()))
                .toList();
    }

    @Test
    void a_host_shows_what_it_has_in_quarantine_and_what_held_it_up_and_nothing_after_a_report_without() {
        assertThat(view().quarantined()).isEmpty();
        var one = crashed(bundle.identity());
        var tasks = List.of(
                new BlockingTask(4711, "mysqld", "[<0>] do_nanosleep\n[<0>] x"), new BlockingTask(3, "b", null));
        var report =
                Samples.with(Samples.report(journal, ++number, kernel, AgentState.HELD, 0, null), List.of(one), tasks);
        for (int repeats = 0; repeats < 2; repeats++) {
            assertThat(host.put("/api/v1/agent/report", report).status()).isEqualTo(200);
            assertThat(view().quarantined())
                    .containsExactly(new Quarantine(
                            one.id(), one.bundle(), 1, one.publication(), one.at(), one.bootId(), one.reason(), null));
            assertThat(view().blocking()).isEqualTo(tasks);
        }
        assertThat(listed("&quarantined=true")).containsExactly(enrollment.hostId());
        assertThat(listed("&quarantined=false")).isEmpty();
        assertThat(listed("")).containsExactly(enrollment.hostId());
        assertThat(server.admin().get("/api/v1/hosts?quarantined=perhaps").problem())
                .isEqualTo("bad-parameter");

        report(AgentState.IDLE, null);
        assertThat(view().quarantined()).isEmpty();
        assertThat(view().blocking()).isEmpty();
        assertThat(listed("&quarantined=true")).isEmpty();
        assertThat(listed("&quarantined=false")).containsExactly(enrollment.hostId());
    }

    @Test
    void a_host_whose_clock_is_beyond_all_bounds_hides_no_other() {
        for (Instant at : List.of(Instant.MIN, Instant.EPOCH, Instant.MAX)) {
            var like = crashed(bundle.identity());
            var one = new QuarantinedBundle(
                    like.id(), like.bundle(), 1, like.publication(), at, like.bootId(), like.reason());
            report(AgentState.HELD, null, one);
            assertThat(listed("")).as(at.toString()).containsExactly(enrollment.hostId());
            assertThat(view().quarantined().get(0).at())
                    .isBetween(Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("9999-12-31T23:59:59Z"));
        }
    }

    @Test
    void a_late_report_brings_nothing_back() {
        var one = crashed(bundle.identity());
        var late = Samples.with(
                Samples.report(journal, ++number, kernel, AgentState.HELD, 0, null), List.of(one), List.of());
        report(AgentState.IDLE, null);
        assertThat(host.put("/api/v1/agent/report", late).status()).isEqualTo(200);
        assertThat(view().quarantined()).isEmpty();
    }

    @Test
    void a_repeated_report_writes_nothing() {
        var one = crashed(bundle.identity());
        report(AgentState.HELD, null, one);
        Set<String> before = versions();
        report(AgentState.HELD, null, one);
        assertThat(versions()).isEqualTo(before);
    }

    /** Of the rows: PostgreSQL gives a row that is written another one, even if it says the same. */
    private Set<String> versions() {
        return server.jdbc()
                .sql("SELECT xmin::text || ctid::text FROM host_quarantine WHERE host_id = :id")
                .param("id", enrollment.hostId())
                .query(String.class)
                .set();
    }

    @Test
    void a_host_that_has_in_quarantine_what_it_is_to_run_is_never_protected() {
        report(AgentState.SETTLED, bundle.identity());
        assertThat(view().protection()).isEqualTo(Protection.PROTECTED);
        assertThat(gate()).isEqualTo(GateReport.Verdict.PROTECTED);
        report(AgentState.SETTLED, bundle.identity(), crashed(bundle.identity()));
        assertThat(view().protection()).isEqualTo(Protection.ATTENTION);
        assertThat(gate()).isEqualTo(GateReport.Verdict.EXPOSED);
        publish(2);
        report(AgentState.IDLE, null, crashed(bundle.identity()));
        assertThat(view().protection())
                .as("it is to run something else now, and will")
                .isEqualTo(Protection.BEHIND);
    }

    private GateReport.Verdict gate() {
        return server.admin()
                .get("/api/v1/gate?cve=CVE-2026-0001&label=test=" + journal)
                .as(GateReport.class)
                .verdict();
    }

    @Test
    void a_lift_is_told_with_every_poll_until_a_report_comes_without_it() {
        var one = crashed(bundle.identity());
        var other = crashed(Sha256.of(new byte[] {1}));
        report(AgentState.HELD, null, one, other);
        assertThat(poll().header(LIFTED)).isEmpty();

        var answer = lift(one.id());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.as(FleetHost.class).quarantined())
                .allMatch(each -> (each.lifted() != null) == each.id().equals(one.id()));
        assertThat(poll().header(LIFTED)).isEqualTo(one.id().toString());
        report(AgentState.HELD, null, one, other);
        assertThat(poll().header(LIFTED))
                .as("the answer was lost")
                .isEqualTo(one.id().toString());
        assertThat(view().protection()).as("it has not heard yet").isEqualTo(Protection.ATTENTION);

        report(AgentState.IDLE, null, other);
        assertThat(poll().header(LIFTED)).isEmpty();
        assertThat(view().quarantined()).extracting(Quarantine::id).containsExactly(other.id());
        assertThat(view().protection()).isEqualTo(Protection.BEHIND);
    }

    @Test
    void all_quarantines_of_a_bundle_are_lifted_at_once_and_none_of_a_later_crash() {
        var one = crashed(bundle.identity());
        var two = crashed(bundle.identity());
        var other = crashed(Sha256.of(new byte[] {1}));
        report(AgentState.HELD, null, one, two, other);
        var lift = new QuarantineLift(List.of(), bundle.identity(), "tried it by hand");
        assertThat(server.admin().post(path() + "/quarantine/lift", lift).status())
                .isEqualTo(200);
        assertThat(poll().header(LIFTED).split(","))
                .containsExactlyInAnyOrder(one.id().toString(), two.id().toString());
        report(AgentState.IDLE, null, other);
        var later = crashed(bundle.identity());
        report(AgentState.HELD, null, other, later);
        assertThat(poll().header(LIFTED)).isEmpty();
        assertThat(view().quarantined()).allMatch(each -> each.lifted() == null);
    }

    @Test
    void a_host_that_is_set_back_to_before_the_lift_is_told_again() {
        var one = crashed(bundle.identity());
        report(AgentState.HELD, null, one);
        lift(one.id());
        report(AgentState.IDLE, null);
        assertThat(poll().header(LIFTED)).isEmpty();
        report(AgentState.HELD, null, one);
        assertThat(poll().header(LIFTED)).isEqualTo(one.id().toString());
    }

    @Test
    void what_is_lifted_already_stays_so_without_another_entry_and_what_is_unknown_changes_nothing() {
        var one = crashed(bundle.identity());
        report(AgentState.HELD, null, one);
        var audit = new Audit(server);
        var before = audit.head();
        assertThat(lift(one.id(), UUID.randomUUID()).problem()).isEqualTo("not-found");
        assertThat(poll().header(LIFTED)).isEmpty();
        var unknown = new QuarantineLift(List.of(), Sha256.of(new byte[] {9}), "why");
        assertThat(server.admin().post(path() + "/quarantine/lift", unknown).problem())
                .isEqualTo("not-found");
        assertThat(entries(audit, before)).isEmpty();

        assertThat(lift(one.id()).status()).isEqualTo(200);
        assertThat(lift(one.id()).status()).isEqualTo(200);
        report(AgentState.IDLE, null);
        assertThat(lift(one.id()).status()).as("by then the host has heard").isEqualTo(200);
        assertThat(entries(audit, before)).containsExactly("host.quarantine-lifted host:" + enrollment.hostId());
        assertThat(audit.log())
                .filteredOn(entry -> entry.subject().equals("host:" + enrollment.hostId())
                        && entry.action().equals("host.quarantine-lifted"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.detail())
                        .contains(one.id().toString(), bundle.identity().hex(), "it was the power"));
    }

    private List<String> entries(Audit audit, io.rebootless.audit.AuditHead before) {
        return audit.since(before).stream()
                .filter(entry -> entry.endsWith(enrollment.hostId().toString()))
                .toList();
    }

    @Test
    void a_lift_needs_a_reason_a_host_and_either_ids_or_a_bundle() {
        var one = crashed(bundle.identity());
        report(AgentState.HELD, null, one);
        String path = path() + "/quarantine/lift";
        Api admin = server.admin();
        assertThat(admin.post(path, Map.of("ids", List.of(one.id()))).problem()).isEqualTo("bad-request");
        assertThat(admin.post(path, Map.of("reason", "why")).problem()).isEqualTo("bad-request");
        assertThat(admin.post(path, Map.of("ids", List.of(one.id()), "bundle", bundle.identity(), "reason", "why"))
                        .problem())
                .isEqualTo("bad-request");
        admin.delete(path());
        assertThat(lift(one.id()).problem()).isEqualTo("not-found");
    }

    @Test
    void a_poll_that_hangs_is_woken_by_a_lift_and_those_after_it_come_back_soon() throws Exception {
        var one = crashed(bundle.identity());
        report(AgentState.HELD, null, one);
        String etag = poll().header("ETag");
        var hanging = HangingPoll.of(host);
        lift(one.id());
        hanging.until(answer -> answer.header(LIFTED).equals(one.id().toString()));
        Instant before = Instant.now();
        var next =
                host.send(host.request(DIRECTIVE).header("If-None-Match", etag).header("Prefer", "wait=50"));
        assertThat(next.status()).isEqualTo(304);
        assertThat(next.header(LIFTED)).isEqualTo(one.id().toString());
        assertThat(Instant.now()).isBefore(before.plusSeconds(20));
    }
}
