package io.rebootless.server.holds;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.HangingPoll;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Directive.Order;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.Touched;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedServer.class)
class HoldTest {
    private static final String DIRECTIVE = "/api/v1/agent/directive";
    private static final String TOMORROW =
            Instant.now().plus(1, ChronoUnit.DAYS).toString();

    private final TestServer server;
    private final Api admin;
    private final KernelBuild kernel = Samples.kernel();
    private final String mark = UUID.randomUUID().toString();
    private final Enrollment host;

    HoldTest(TestServer server) {
        this.server = server;
        this.admin = server.admin();
        this.host = Samples.enroll(server, kernel, Map.of("mark", mark));
    }

    private void publish(long level, String... cves) {
        admin.upload(TestBundles.signed(kernel, level, 0, TestBundles.manifest(level, cves), alice()));
    }

    private Directive told(Enrollment one) {
        return server.api().as(one.token()).get(DIRECTIVE).as(Directive.class);
    }

    private Map<String, Object> request(String kind, Map<String, Object> more) {
        var request = new TreeMap<String, Object>(
                Map.of("kind", kind, "reason", "a measurement", "owner", "ops", "expires", TOMORROW));
        request.putAll(more);
        return request;
    }

    private String hold(String kind, Map<String, Object> more) {
        var answer = admin.post("/api/v1/holds", request(kind, more));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().get("id").stringValue();
    }

    private Map<String, Object> thisHost() {
        return Map.of("host", host.hostId());
    }

    @Test
    void a_held_host_stays_until_it_is_lifted() {
        publish(1);
        String id = hold("stay", thisHost());
        publish(2);
        assertThat(told(host).order()).isEqualTo(Order.HOLD);
        assertThat(told(host).reason()).startsWith("held by ops until ").endsWith("Z: a measurement");
        assertThat(admin.get("/api/v1/holds/%s/preview".formatted(id))
                        .as(Touched.class)
                        .hosts())
                .extracting(Touched.Host::id)
                .containsExactly(host.hostId());
        assertThat(admin.delete("/api/v1/holds/" + id).status()).isEqualTo(204);
        assertThat(told(host).bundle().level()).isEqualTo(2);
        assertThat(admin.delete("/api/v1/holds/" + id).problem()).isEqualTo("not-found");
    }

    @Test
    void a_hanging_poll_hears_of_a_hold() throws Exception {
        publish(1);
        var poll = HangingPoll.of(server.api().as(host.token()));
        hold("stay", thisHost());
        assertThat(poll.until(answer -> answer.status() == 200)
                        .as(Directive.class)
                        .order())
                .isEqualTo(Order.HOLD);
    }

    @Test
    void whoever_comes_into_a_held_group_is_held() throws Exception {
        admin.put("/api/v1/groups/held-" + mark, Map.of("query", "held==" + mark));
        hold("stay", Map.of("group", "held-" + mark));
        publish(1);
        assertThat(told(host).order()).isEqualTo(Order.RUN);
        admin.post("/api/v1/hosts/%s/labels".formatted(host.hostId()), Map.of("set", Map.of("held", mark)));
        for (int i = 0; i < 100 && told(host).order() == Order.RUN; i++) {
            Thread.sleep(50);
        }
        assertThat(told(host).order()).isEqualTo(Order.HOLD);
        var joins = Samples.enroll(server, kernel, Map.of("held", mark));
        assertThat(told(joins).order()).as("from its first poll").isEqualTo(Order.HOLD);
        assertThat(admin.delete("/api/v1/groups/held-" + mark).problem()).isEqualTo("group-in-use");
    }

    @Test
    void pins_leave_hosts_at_what_they_allow() {
        publish(1);
        publish(2);
        publish(3);
        String level = hold("level", Map.of("host", host.hostId(), "level", 2));
        assertThat(told(host).bundle().level()).isEqualTo(2);
        String date = hold("date", Map.of("host", host.hostId(), "publishedUntil", "2020-01-01T00:00:00Z"));
        assertThat(told(host).order()).isEqualTo(Order.NONE);
        admin.delete("/api/v1/holds/" + date);
        admin.delete("/api/v1/holds/" + level);
        assertThat(told(host).bundle().level()).isEqualTo(3);
    }

    @Test
    void in_an_emergency_hosts_run_nothing() {
        publish(1);
        admin.post("/api/v1/holds", Map.of("kind", "none", "host", host.hostId(), "reason", "now", "owner", "ops"));
        assertThat(told(host).order()).isEqualTo(Order.NONE);
        assertThat(told(host).reason()).isEqualTo("told to run nothing by ops: now");
    }

    @Test
    void a_preview_names_the_hosts_and_the_cves_left_open_and_changes_nothing() {
        publish(1, "CVE-2026-0001");
        publish(2, "CVE-2026-0001", "CVE-2026-0002");
        var touched = admin.post("/api/v1/holds/preview", request("level", Map.of("host", host.hostId(), "level", 1)))
                .as(Touched.class);
        assertThat(touched.count()).isEqualTo(1);
        assertThat(touched.hosts()).extracting(Touched.Host::id).containsExactly(host.hostId());
        assertThat(touched.openCves()).containsExactly("CVE-2026-0002");
        assertThat(admin.post("/api/v1/holds/preview", request("none", thisHost()))
                        .as(Touched.class)
                        .openCves())
                .containsExactly("CVE-2026-0001", "CVE-2026-0002");
        assertThat(told(host).bundle().level()).isEqualTo(2);
    }

    @Test
    void a_preview_says_how_far_a_host_goes_back() {
        publish(1);
        var until = Instant.now();
        publish(2);
        server.api()
                .as(host.token())
                .put(
                        "/api/v1/agent/report",
                        Samples.report(mark(), 1, kernel, AgentState.SETTLED, 2, new Sha256("b".repeat(64))));
        assertThat(detail(request("date", Map.of("host", host.hostId(), "publishedUntil", until.toString()))))
                .isEqualTo("it goes back from level 2, to level 1 at most");
        assertThat(detail(request("date", Map.of("host", host.hostId(), "publishedUntil", "2020-01-01T00:00:00Z"))))
                .isEqualTo("level 2 is reverted");
        assertThat(detail(request("level", Map.of("host", host.hostId(), "level", 1))))
                .isEqualTo("it goes back from level 2, to level 1 at most");
        assertThat(detail(request("stay", thisHost()))).isNull();
        String none = hold("none", thisHost());
        server.api()
                .as(host.token())
                .put("/api/v1/agent/report", Samples.report(mark(), 2, kernel, AgentState.IDLE, 0, null));
        assertThat(admin.get("/api/v1/holds/%s/preview".formatted(none))
                        .as(Touched.class)
                        .hosts()
                        .get(0)
                        .detail())
                .isEqualTo("level 2 is published");
    }

    private UUID mark() {
        return UUID.fromString(mark);
    }

    private @Nullable String detail(Map<String, Object> request) {
        return admin.post("/api/v1/holds/preview", request)
                .as(Touched.class)
                .hosts()
                .get(0)
                .detail();
    }

    @Test
    void people_are_told_why_a_pinned_host_runs_nothing_newer_and_the_host_is_not() {
        publish(1);
        publish(2);
        hold("level", Map.of("host", host.hostId(), "level", 1));
        var shown =
                admin.get("/api/v1/hosts/%s/directive".formatted(host.hostId())).as(Directive.class);
        assertThat(shown.bundle().level()).isEqualTo(1);
        assertThat(shown.reason()).startsWith("held at level 1 by ops").contains("a measurement");
        assertThat(told(host).reason()).isNull();
    }

    @Test
    void a_mistyped_field_holds_nobody() {
        var mistyped = new TreeMap<>(request("none", Map.of()));
        mistyped.put("hosts", host.hostId());
        var answer = admin.post("/api/v1/holds", mistyped);
        assertThat(answer.problem()).isEqualTo("bad-request");
        assertThat(answer.text()).contains("The field hosts is not known; known are", "host, kind");
        publish(1);
        assertThat(told(host).order()).isEqualTo(Order.RUN);
    }

    @Test
    void what_makes_no_sense_is_refused() {
        assertThat(admin.post("/api/v1/holds", request("stay", Map.of("expires", "2020-01-01T00:00:00Z")))
                        .problem())
                .isEqualTo("bad-request");
        assertThat(admin.post("/api/v1/holds", Map.of("kind", "stay", "reason", "r", "owner", "o"))
                        .text())
                .contains("say when it ends");
        assertThat(admin.post("/api/v1/holds", request("level", thisHost())).problem())
                .isEqualTo("bad-request");
        assertThat(admin.post("/api/v1/holds", request("stay", Map.of("group", "nobody-made-it")))
                        .problem())
                .isEqualTo("bad-request");
        assertThat(admin.post("/api/v1/holds", request("stay", Map.of("host", UUID.randomUUID())))
                        .problem())
                .isEqualTo("not-found");
    }

    @Test
    void the_standing_ones_are_listed_the_newest_first() {
        String first = hold("stay", thisHost());
        String second = hold("level", Map.of("host", host.hostId(), "level", 7));
        var ids = new java.util.ArrayList<String>();
        admin.get("/api/v1/holds?limit=1000")
                .json()
                .get("items")
                .forEach(hold -> ids.add(hold.get("id").stringValue()));
        assertThat(ids.indexOf(second)).isNotNegative().isLessThan(ids.indexOf(first));
    }
}
