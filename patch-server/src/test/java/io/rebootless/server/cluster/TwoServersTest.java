package io.rebootless.server.cluster;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.audit.AuditEntry;
import io.rebootless.bundle.Sha256;
import io.rebootless.server.rollout.RolloutTest;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Api.Answer;
import io.rebootless.server.testing.Audit;
import io.rebootless.server.testing.HangingPoll;
import io.rebootless.server.testing.Line;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Directive;
import io.rebootless.wire.PublishedBundle;
import io.rebootless.wire.QuarantineLift;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers on one database; the second one's line to it can be cut. */
class TwoServersTest {
    private static final String DIRECTIVE = "/api/v1/agent/directive";

    /** Far below the slow poll, so that nothing else than a signal can have told; loaded machines are slow. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    static Path here;

    static TwoServers both;
    static TestServer a;
    static Line line;
    static TestServer b;

    @BeforeAll
    static void start() throws Exception {
        both = TwoServers.start(here);
        a = both.a();
        line = both.line();
        b = both.b();
        a.trust("alice", alice());
        await("b hears", () -> b.context().getBean(Link.class).up(), up -> up, LONG);
    }

    @AfterAll
    static void stop() throws Exception {
        both.close();
    }

    @Test
    void a_publication_at_one_wakes_a_poll_that_hangs_at_the_other() throws Exception {
        var kernel = Samples.kernel();
        Api host = at(b, Samples.enroll(a, kernel, Map.of()).token());
        host.put("/api/v1/agent/report", Samples.report(UUID.randomUUID(), 1, kernel, AgentState.IDLE, 0, null));
        var poll = HangingPoll.of(host);
        assertThat(a.admin()
                        .upload(TestBundles.signed(kernel, 1, 0, TestBundles.manifest(1), alice()))
                        .status())
                .isEqualTo(201);
        var answer = poll.until(changed -> changed.status() == 200);
        assertThat(answer.as(Directive.class).order()).isEqualTo(Directive.Order.RUN);
    }

    @Test
    void a_host_that_leaves_at_one_has_left_at_the_other() {
        var enrollment = Samples.enroll(a, Samples.kernel(), Map.of());
        Api host = at(b, enrollment.token());
        assertThat(host.get(DIRECTIVE).status()).isEqualTo(200);
        retire(enrollment.hostId());
        await("410 at b", () -> host.get(DIRECTIVE), answer -> answer.status() == 410, SOON);
    }

    @Test
    void a_host_that_leaves_at_one_is_not_told_any_more_by_a_poll_that_hangs_at_the_other() throws Exception {
        var kernel = Samples.kernel();
        var enrollment = Samples.enroll(a, kernel, Map.of());
        Api host = at(b, enrollment.token());
        host.put("/api/v1/agent/report", Samples.report(UUID.randomUUID(), 1, kernel, AgentState.IDLE, 0, null));
        var poll = HangingPoll.of(host);
        retire(enrollment.hostId());
        poll.until(answer -> answer.status() == 410);
    }

    @Test
    void a_host_that_reports_another_kernel_at_one_is_told_for_it_at_the_other() {
        var kernel = Samples.kernel();
        a.admin().upload(TestBundles.signed(kernel, 1, 0, TestBundles.manifest(1), alice()));
        String token = Samples.enroll(a, Samples.kernel(), Map.of()).token();
        assertThat(at(b, token).get(DIRECTIVE).as(Directive.class).order()).isEqualTo(Directive.Order.HOLD);
        at(a, token)
                .put("/api/v1/agent/report", Samples.report(UUID.randomUUID(), 1, kernel, AgentState.IDLE, 0, null));
        await(
                "the bundle for the new kernel",
                () -> at(b, token).get(DIRECTIVE),
                answer -> answer.as(Directive.class).order() == Directive.Order.RUN,
                SOON);
    }

    @Test
    void a_quarantine_lifted_at_one_is_told_at_the_other_until_the_host_reports_without_it_at_either()
            throws Exception {
        var kernel = Samples.kernel();
        var enrollment = Samples.enroll(a, kernel, Map.of());
        Api host = at(b, enrollment.token());
        var journal = UUID.randomUUID();
        var quarantined = Samples.quarantined(Sha256.of(new byte[1]), 1);
        var plain = Samples.report(journal, 1, kernel, AgentState.HELD, 0, null);
        host.put("/api/v1/agent/report", Samples.with(plain, List.of(quarantined), List.of()));
        var poll = HangingPoll.of(host);
        assertThat(a.admin()
                        .post(
                                "/api/v1/hosts/%s/quarantine/lift".formatted(enrollment.hostId()),
                                new QuarantineLift(List.of(quarantined.id()), null, "it was the power"))
                        .status())
                .isEqualTo(200);
        poll.until(answer -> answer.header("Rebootless-Quarantine-Lifted")
                .equals(quarantined.id().toString()));
        at(a, enrollment.token())
                .put("/api/v1/agent/report", Samples.report(journal, 2, kernel, AgentState.IDLE, 0, null));
        await(
                "no lift any more at b",
                () -> host.get(DIRECTIVE).header("Rebootless-Quarantine-Lifted"),
                String::isEmpty,
                SOON);
    }

    @Test
    void an_api_key_revoked_at_one_opens_nothing_at_the_other() {
        var created = a.admin()
                .post("/api/v1/api-keys", Map.of("name", "k " + UUID.randomUUID(), "role", "viewer"))
                .json();
        Api viewer = at(b, created.get("key").stringValue());
        await("the key at b", () -> viewer.get("/api/v1/hosts"), answer -> answer.status() == 200, SOON);
        a.admin().delete("/api/v1/api-keys/" + created.get("id").stringValue());
        await("401 at b", () -> viewer.get("/api/v1/hosts"), answer -> answer.status() == 401, SOON);
    }

    @Test
    void a_rollout_takes_each_step_once_and_both_tell_the_same_hosts() {
        String publication = UUID.randomUUID().toString();
        a.admin().put("/api/v1/rollouts/" + publication, Map.of("plan", "careful"));
        var kernel = Samples.kernel();
        var hosts = Stream.generate(() -> Samples.enroll(a, kernel, Map.of()).token())
                .limit(8)
                .toList();
        var bundle = a.admin()
                .upload(TestBundles.signed(kernel, 1, 0, RolloutTest.manifest(publication), alice()))
                .as(PublishedBundle.class);
        // 1 %, 10 %, 50 %, all: as many as that are told, whichever server a host asks, and however often.
        for (int share : List.of(1, 4, 8)) {
            await("%d told".formatted(share), () -> told(hosts), found -> found.size() == share, LONG);
            told(hosts)
                    .forEach(token -> at(b, token)
                            .put(
                                    "/api/v1/agent/report",
                                    Samples.report(
                                            UUID.randomUUID(), 1, kernel, AgentState.SETTLED, 1, bundle.identity())));
        }
        await(
                "its end",
                () -> a.admin().get("/api/v1/rollouts/" + publication).text(),
                text -> text.contains("\"state\":\"completed\""),
                LONG);
        assertThat(new Audit(a)
                        .log().stream()
                                .filter(entry -> entry.subject().equals("rollout:" + publication))
                                .map(AuditEntry::action))
                .containsExactly(
                        "rollout.plan-chosen",
                        "rollout.begun",
                        "rollout.ring-begun",
                        "rollout.ring-begun",
                        "rollout.ring-begun",
                        "rollout.ended");
    }

    private static List<String> told(List<String> tokens) {
        return tokens.stream()
                .filter(token -> Stream.of(b, a)
                        .map(server -> at(server, token).get(DIRECTIVE).as(Directive.class))
                        .anyMatch(directive -> directive.order() == Directive.Order.RUN))
                .toList();
    }

    @Test
    void a_server_that_is_cut_off_trusts_no_token_and_catches_up_when_the_line_is_back() {
        cutOff(line::cut);
    }

    @Test
    void a_line_that_carries_nothing_any_more_is_noticed_too() {
        cutOff(line::silence);
    }

    /** A connection that has just been used is not tried before it is used again. */
    @Test
    void a_question_that_the_line_does_not_carry_any_more_is_given_up() {
        var kernel = Samples.kernel();
        Api known = at(b, Samples.enroll(a, kernel, Map.of()).token());
        Api unknown = at(b, Samples.enroll(a, kernel, Map.of()).token());
        assertThat(known.get(DIRECTIVE).status()).isEqualTo(200);
        line.silence();
        try {
            assertThat(unknown.get(DIRECTIVE).problem()).isEqualTo("storage-unavailable");
        } finally {
            line.mend();
        }
        await("the token at b", () -> unknown.get(DIRECTIVE), answer -> answer.status() == 200, LONG);
    }

    private static void cutOff(Runnable damage) {
        var kernel = Samples.kernel();
        var enrollment = Samples.enroll(a, kernel, Map.of());
        var other = Samples.enroll(a, kernel, Map.of());
        Api leaving = at(b, enrollment.token());
        Api staying = at(b, other.token());
        assertThat(leaving.get(DIRECTIVE).status()).isEqualTo(200);
        assertThat(staying.get(DIRECTIVE).status()).isEqualTo(200);
        damage.run();
        Answer blind;
        try {
            blind = await("503 at b", () -> staying.get(DIRECTIVE), answer -> answer.status() != 200, LONG);
            // The one may have been asked for while the line was cut, because of its own enrolment's late signal; both
            // mean
            // that b has noticed.
            await("503 at b, too", () -> leaving.get(DIRECTIVE), answer -> answer.status() != 200, LONG);
            retire(enrollment.hostId());
            a.admin().upload(TestBundles.signed(kernel, 1, 0, TestBundles.manifest(1), alice()));
            assertThat(leaving.get(DIRECTIVE).status()).isEqualTo(503);
        } finally {
            line.mend();
        }
        assertThat(blind.problem()).isEqualTo("storage-unavailable");
        assertThat(blind.header("Retry-After")).isNotEmpty();
        await("410 at b", () -> leaving.get(DIRECTIVE), answer -> answer.status() == 410, LONG);
        await(
                "the publication at b",
                () -> staying.get(DIRECTIVE),
                answer -> answer.status() == 200 && answer.as(Directive.class).order() == Directive.Order.RUN,
                LONG);
        await("b hears again", () -> b.context().getBean(Link.class).up(), up -> up, LONG);
    }

    private static void retire(UUID host) {
        assertThat(a.admin().delete("/api/v1/hosts/" + host).status()).isEqualTo(204);
    }

    private static Api at(TestServer server, String secret) {
        return server.api().as(secret);
    }

    private static <T> T await(String what, Supplier<T> question, Predicate<T> wanted, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        T answer = question.get();
        while (!wanted.test(answer)) {
            assertThat(System.nanoTime()).as("%s, not %s", what, answer).isLessThan(deadline);
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            answer = question.get();
        }
        return answer;
    }
}
