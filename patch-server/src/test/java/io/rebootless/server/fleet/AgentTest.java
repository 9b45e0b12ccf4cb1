package io.rebootless.server.fleet;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.HangingPoll;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.FleetHost;
import io.rebootless.wire.GateReport;
import io.rebootless.wire.Protection;
import io.rebootless.wire.PublishedBundle;
import io.rebootless.wire.ReportReceipt;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("every-jdk")
@ExtendWith(SharedServer.class)
class AgentTest {
    private static final String DIRECTIVE = "/api/v1/agent/directive";
    private static final String REPORT = "/api/v1/agent/report";

    private final TestServer server;
    private final KernelBuild kernel = Samples.kernel();
    private final UUID journal = UUID.randomUUID();
    private Enrollment enrollment;
    private Api host;

    AgentTest(TestServer server) {
        this.server = server;
    }

    @BeforeEach
    void enroll() {
        enrollment = Samples.enroll(server, kernel, Map.of("test", journal.toString()));
        host = server.api().as(enrollment.token());
    }

    private PublishedBundle publish(long level) {
        return server.admin()
                .upload(TestBundles.signed(kernel, level, 0, TestBundles.manifest(level, "CVE-2026-0001"), alice()))
                .as(PublishedBundle.class);
    }

    private FleetHost view() {
        return server.admin().get("/api/v1/hosts/" + enrollment.hostId()).as(FleetHost.class);
    }

    private GateReport gate(String cve) {
        return server.admin()
                .get("/api/v1/gate?cve=%s&label=test=%s".formatted(cve, journal))
                .as(GateReport.class);
    }

    @Test
    void an_enrolment_key_works_as_often_as_it_was_made_for() {
        var key = Samples.key(server, 2, Map.of());
        var answers = Stream.generate(() -> server.api()
                        .sendLater(server.api().json("/api/v1/agent/enroll").POST(body(key.key()))))
                .limit(5)
                .toList()
                .stream()
                .map(answer -> answer.join())
                .toList();
        assertThat(answers.stream().filter(answer -> answer.status() == 201)).hasSize(2);
        assertThat(answers.stream().filter(answer -> answer.status() != 201))
                .allMatch(answer -> answer.problem().equals("enrollment-key-used-up"));
    }

    private java.net.http.HttpRequest.BodyPublisher body(String key) {
        return java.net.http.HttpRequest.BodyPublishers.ofByteArray(
                io.rebootless.wire.WireJson.mapper().writeValueAsBytes(Samples.request(key, "many", kernel)));
    }

    @Test
    void unknown_and_expired_enrolment_keys_are_named_so() {
        assertThat(server.api()
                        .post("/api/v1/agent/enroll", Samples.request("rlek_unknown", "h", kernel))
                        .problem())
                .isEqualTo("enrollment-key-invalid");
        var key = Samples.key(server, 1, Map.of());
        server.jdbc()
                .sql("UPDATE enrollment_key SET expires_at = now() - interval '1 minute' WHERE id = :id")
                .param("id", key.id())
                .update();
        assertThat(server.api()
                        .post("/api/v1/agent/enroll", Samples.request(key.key(), "h", kernel))
                        .problem())
                .isEqualTo("enrollment-key-expired");
    }

    @Test
    void a_host_is_told_to_hold_until_something_is_published_and_then_to_run_it() {
        var hold = host.get(DIRECTIVE);
        assertThat(hold.status()).isEqualTo(200);
        assertThat(hold.header("Rebootless-Poll-Seconds"))
                .as("come back at once, and wait")
                .isEqualTo("1");
        assertThat(hold.header("Rebootless-Report-Wanted")).isEqualTo("true");
        var first = hold.as(Directive.class);
        assertThat(first.order()).isEqualTo(Directive.Order.HOLD);
        assertThat(first.reason()).isEqualTo("no bundle is published for this kernel build");

        var bundle = publish(3);
        var run = host.get(DIRECTIVE).as(Directive.class);
        assertThat(run.order()).isEqualTo(Directive.Order.RUN);
        assertThat(run.bundle().fileDigest()).isEqualTo(bundle.fileDigest());
        assertThat(run.generation()).isGreaterThan(first.generation());
    }

    @Test
    void an_unchanged_directive_is_304_even_after_a_publication_for_another_kernel() {
        publish(1);
        String etag = host.get(DIRECTIVE).header("ETag");
        var other = Samples.kernel();
        server.admin().upload(TestBundles.signed(other, 1, 0, TestBundles.manifest(1), alice()));
        var answer = host.send(host.request(DIRECTIVE).header("If-None-Match", etag));
        assertThat(answer.status()).isEqualTo(304);
        assertThat(answer.header("Rebootless-Poll-Seconds"))
                .as("of one that does not wait")
                .isEqualTo("50");
    }

    @Test
    void a_waiting_poll_is_woken_by_a_publication() throws Exception {
        host.put(REPORT, Samples.report(journal, 1, kernel, AgentState.IDLE, 0, null));
        var poll = HangingPoll.of(host);
        publish(1);
        var answer = poll.until(changed -> changed.status() == 200);
        assertThat(answer.as(Directive.class).bundle().level()).isEqualTo(1);
    }

    @Test
    void a_waiting_poll_ends_with_304() {
        host.put(REPORT, Samples.report(journal, 1, kernel, AgentState.IDLE, 0, null));
        String etag = host.get(DIRECTIVE).header("ETag");
        var answer =
                host.send(host.request(DIRECTIVE).header("If-None-Match", etag).header("Prefer", "wait=1"));
        assertThat(answer.status()).isEqualTo(304);
        assertThat(answer.header("ETag")).isEqualTo(etag);
    }

    @Test
    void a_foreign_token_is_401_and_a_host_that_has_left_410() {
        assertThat(server.api().get(DIRECTIVE).problem()).isEqualTo("unauthenticated");
        assertThat(server.api().as("rlht_x").get(DIRECTIVE).problem()).isEqualTo("unauthenticated");
        assertThat(host.post(DIRECTIVE, Map.of()).problem()).isEqualTo("method-not-allowed");
        assertThat(host.get(DIRECTIVE).status()).isEqualTo(200);
        assertThat(server.admin().delete("/api/v1/hosts/" + enrollment.hostId()).status())
                .isEqualTo(204);
        assertThat(host.get(DIRECTIVE).problem()).isEqualTo("host-retired");
        assertThat(host.put(REPORT, Samples.report(journal, 1, kernel, AgentState.IDLE, 0, null))
                        .problem())
                .isEqualTo("host-retired");
        assertThat(server.admin().get("/api/v1/hosts/" + enrollment.hostId()).problem())
                .isEqualTo("not-found");
    }

    @Test
    void repeated_and_late_reports_change_nothing() {
        var entries = List.of(Samples.entry(1, AgentState.FETCHING), Samples.entry(2, AgentState.APPLYING));
        var report = Samples.report(journal, 5, kernel, AgentState.APPLYING, 0, null, entries);
        var receipt = host.put(REPORT, report).as(ReportReceipt.class);
        assertThat(receipt).isEqualTo(new ReportReceipt(1, 5, 2));
        assertThat(host.put(REPORT, report).as(ReportReceipt.class)).isEqualTo(receipt);
        var late = Samples.report(journal, 4, kernel, AgentState.FETCHING, 0, null, entries.subList(0, 1));
        assertThat(host.put(REPORT, late).as(ReportReceipt.class)).isEqualTo(new ReportReceipt(1, 4, 2));
        assertThat(view().state()).isEqualTo(AgentState.APPLYING);

        var history = server.admin().get("/api/v1/hosts/%s/history?limit=1".formatted(enrollment.hostId()));
        assertThat(history.json().get("items").size()).isEqualTo(1);
        var rest = server.admin()
                .get("/api/v1/hosts/%s/history?limit=1&cursor=%s"
                        .formatted(
                                enrollment.hostId(), history.json().get("next").stringValue()));
        assertThat(rest.json().get("items").size()).isEqualTo(1);
        assertThat(rest.json().has("next")).isFalse();
        assertThat(rest.json().at("/items/0/entry/step").stringValue()).isEqualTo("fetching");

        var renewed = Samples.report(UUID.randomUUID(), 1, kernel, AgentState.IDLE, 0, null, entries);
        assertThat(host.put(REPORT, renewed).as(ReportReceipt.class)).isEqualTo(new ReportReceipt(1, 1, 2));
        assertThat(view().state()).isEqualTo(AgentState.IDLE);
        assertThat(host.put(REPORT, report).status()).isEqualTo(200);
        assertThat(view().state()).as("the old journal's report is late").isEqualTo(AgentState.IDLE);
    }

    @Test
    void a_poll_says_whether_the_report_is_wanted() {
        host.put(REPORT, Samples.report(journal, 2, kernel, AgentState.IDLE, 0, null));
        var known = host.send(host.request(DIRECTIVE).header("Rebootless-Report", journal + "/2"));
        assertThat(known.header("Rebootless-Report-Wanted")).isEmpty();
        var ahead = host.send(host.request(DIRECTIVE).header("Rebootless-Report", journal + "/3"));
        assertThat(ahead.header("Rebootless-Report-Wanted")).isEqualTo("true");
    }

    @Test
    void a_host_that_boots_another_kernel_gets_that_ones_directive() {
        publish(1);
        assertThat(host.get(DIRECTIVE).as(Directive.class).order()).isEqualTo(Directive.Order.RUN);
        host.put(REPORT, Samples.report(journal, 1, Samples.kernel(), AgentState.IDLE, 0, null));
        assertThat(host.get(DIRECTIVE).as(Directive.class).order()).isEqualTo(Directive.Order.HOLD);
    }

    @Test
    void protected_is_said_once_the_newest_level_is_in_force_and_not_before() {
        assertThat(view().protection()).isEqualTo(Protection.UNKNOWN);
        assertThat(gate("CVE-2026-0001").verdict()).isEqualTo(GateReport.Verdict.UNKNOWN);
        var bundle = publish(1);
        host.put(REPORT, Samples.report(journal, 1, kernel, AgentState.IDLE, 0, null));
        assertThat(view().protection()).isEqualTo(Protection.BEHIND);
        assertThat(gate("CVE-2026-0001").verdict()).isEqualTo(GateReport.Verdict.EXPOSED);
        host.put(REPORT, Samples.report(journal, 2, kernel, AgentState.SETTLED, 1, bundle.identity()));
        var settled = view();
        assertThat(settled.protection()).isEqualTo(Protection.PROTECTED);
        assertThat(settled.publication()).isEqualTo("2026-11-22.1");
        assertThat(gate("CVE-2026-0001").verdict()).isEqualTo(GateReport.Verdict.PROTECTED);
        assertThat(gate("CVE-2026-7777").verdict()).isEqualTo(GateReport.Verdict.UNKNOWN);
        publish(2);
        assertThat(view().protection()).isEqualTo(Protection.BEHIND);
        assertThat(gate("CVE-2026-0001").verdict())
                .as("level 1 still has that fix")
                .isEqualTo(GateReport.Verdict.PROTECTED);
    }

    @Test
    void hosts_are_listed_by_label_and_name_in_parts() {
        String value = "a,b " + journal;
        for (int i = 0; i < 3; i++) {
            Samples.enroll(server, Samples.kernel(), Map.of("list", value));
        }
        String path = "/api/v1/hosts?limit=2&label="
                + java.net.URLEncoder.encode("list=" + value, java.nio.charset.StandardCharsets.UTF_8);
        var first = server.admin().get(path).json();
        assertThat(first.get("items").size()).isEqualTo(2);
        var second = server.admin()
                .get(path + "&cursor=" + first.get("next").stringValue())
                .json();
        assertThat(second.get("items").size()).isEqualTo(1);
        String name = second.at("/items/0/hostname").stringValue();
        assertThat(server.admin()
                        .get("/api/v1/hosts?hostname=" + name)
                        .json()
                        .get("items")
                        .size())
                .isEqualTo(1);
        assertThat(server.admin()
                        .get(path + "&label=other=1")
                        .json()
                        .get("items")
                        .size())
                .isZero();
        String id = second.at("/items/0/id").stringValue();
        for (int length : new int[] {8, 20, 36}) {
            var found = server.admin()
                    .get("/api/v1/hosts?limit=1000&idPrefix=" + id.substring(0, length))
                    .json()
                    .get("items");
            assertThat(found.valueStream().map(item -> item.get("id").stringValue()))
                    .contains(id)
                    .allMatch(each -> each.startsWith(id.substring(0, length)));
        }
        assertThat(server.admin().get("/api/v1/hosts?idPrefix=6E_").problem()).isEqualTo("bad-parameter");
        assertThat(server.admin().get("/api/v1/hosts?label=nonsense").problem()).isEqualTo("bad-parameter");
    }

    @Test
    void polls_are_noted_as_signs_of_life() throws Exception {
        host.get(DIRECTIVE);
        for (int i = 0; i < 50 && view().lastSeen() == null; i++) {
            Thread.sleep(100);
        }
        assertThat(view().lastSeen()).isNotNull();
    }
}
