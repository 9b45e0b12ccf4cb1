package io.rebootless.server.rollout;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Cve;
import io.rebootless.bundle.Manifest;
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
import io.rebootless.wire.Failure;
import io.rebootless.wire.PublishedBundle;
import io.rebootless.wire.Rollout;
import io.rebootless.wire.RolloutHost;
import io.rebootless.wire.RolloutState;
import io.rebootless.wire.Touched;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@ExtendWith(SharedServer.class)
public class RolloutTest {
    private static final String DIRECTIVE = "/api/v1/agent/directive";

    private final TestServer server;
    private final Api admin;
    private final KernelBuild kernel = Samples.kernel();
    private final String publication = UUID.randomUUID().toString();
    private final List<Agent> agents = new ArrayList<>();

    RolloutTest(TestServer server) {
        this.server = server;
        this.admin = server.admin();
    }

    /** A host, as far as it polls and reports. */
    private final class Agent {
        private final UUID journal = UUID.randomUUID();
        private final Enrollment enrollment = Samples.enroll(server, kernel, Map.of("test", publication));
        private final Api api = server.api().as(enrollment.token());
        private long reports;

        Directive poll() {
            return api.get(DIRECTIVE).as(Directive.class);
        }

        /** Whether it is told to run the level; polls, as the host of a guest does. */
        boolean told(long level) {
            var directive = poll();
            return directive.order() == Order.RUN && directive.bundle().level() == level;
        }

        void report(AgentState state, PublishedBundle bundle) {
            reports++;
            long level = state == AgentState.SETTLED ? bundle.level() : 0;
            api.put("/api/v1/agent/report", Samples.report(journal, reports, kernel, state, level, bundle.identity()));
        }

        void fails(PublishedBundle bundle) {
            reports++;
            api.put(
                    "/api/v1/agent/report",
                    Samples.failing(
                            Samples.report(journal, reports, kernel, AgentState.FAILED, 0, bundle.identity()),
                            new Failure("kernel-error", "the kernel would not")));
        }

        void crashes(PublishedBundle bundle) {
            reports++;
            api.put(
                    "/api/v1/agent/report",
                    Samples.with(
                            Samples.report(journal, reports, kernel, AgentState.IDLE, 0, null),
                            List.of(Samples.quarantined(bundle.identity(), bundle.level())),
                            List.of()));
        }
    }

    /** A manifest of a publication of its own. */
    public static Manifest manifest(String publication) {
        var plain = TestBundles.manifest(1);
        return new Manifest(
                publication,
                plain.title(),
                plain.created(),
                List.of(new Cve("CVE-2026-0001", Cve.Severity.HIGH)),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of());
    }

    private void hosts(int count) {
        for (int i = 0; i < count; i++) {
            agents.add(new Agent());
        }
    }

    @BeforeEach
    void plan() {
        choose(publication, "careful");
    }

    private void choose(String name, String plan) {
        assertThat(admin.put("/api/v1/rollouts/" + name, Map.of("plan", plan)).status())
                .isEqualTo(200);
    }

    private PublishedBundle publish(String name, long level) {
        return admin.upload(TestBundles.signed(kernel, level, 0, manifest(name), alice()))
                .as(PublishedBundle.class);
    }

    private Rollout.Build build() {
        return rollout(publication).builds().get(0);
    }

    private Rollout rollout(String name) {
        return admin.get("/api/v1/rollouts/" + name).as(Rollout.class);
    }

    private List<RolloutHost> members(String query) {
        var hosts = new ArrayList<RolloutHost>();
        for (JsonNode host : admin.get("/api/v1/rollouts/%s/hosts?limit=500%s".formatted(publication, query))
                .json()
                .get("items")) {
            hosts.add(io.rebootless.wire.WireJson.mapper().treeToValue(host, RolloutHost.class));
        }
        return hosts;
    }

    private Api.Answer lever(String lever) {
        return admin.post("/api/v1/rollouts/%s/%s".formatted(publication, lever), Map.of("reason", "a test"));
    }

    /** The engine looks every second. */
    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("not within 20 s: " + what);
    }

    private Agent only(Predicate<Agent> which) {
        var found = agents.stream().filter(which).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @Test
    void one_host_is_told_first_and_the_others_when_it_has_settled() throws Exception {
        hosts(3);
        var bundle = publish(publication, 1);
        var canary = only(agent -> agent.told(1));
        assertThat(agents.stream().filter(agent -> agent != canary))
                .allSatisfy(agent -> assertThat(agent.poll().reason()).contains("no rollout has come to this host"));
        assertThat(build().hosts()).isEqualTo(new Rollout.Hosts(2, 0, 1, 0, 0, 0, 0, 0, 0, 0));
        canary.report(AgentState.SETTLED, bundle);
        await(
                "the second ring",
                () -> agents.stream().filter(agent -> agent.told(1)).count() == 2);
        agents.stream().filter(agent -> agent.told(1)).forEach(agent -> agent.report(AgentState.SETTLED, bundle));
        await("the last ring", () -> agents.stream().allMatch(agent -> agent.told(1)));
        agents.forEach(agent -> agent.report(AgentState.SETTLED, bundle));
        await("its end", () -> build().state() == RolloutState.COMPLETED);
        hosts(1);
        assertThat(agents.get(3).told(1)).as("one that joins later").isTrue();
    }

    @Test
    void a_canary_that_crashes_spares_the_others() throws Exception {
        hosts(3);
        var bundle = publish(publication, 1);
        var canary = only(agent -> agent.told(1));
        canary.crashes(bundle);
        await("the halt", () -> build().state() == RolloutState.HALTED);
        assertThat(build().quarantined()).isTrue();
        assertThat(build().reason()).contains("1 of 1 hosts");
        assertThat(agents).allSatisfy(agent -> assertThat(agent.told(1)).isFalse());
        assertThat(canary.poll().order()).as("it goes back to nothing").isEqualTo(Order.NONE);
        assertThat(members("&state=incident")).hasSize(1).allSatisfy(host -> {
            assertThat(host.host()).isEqualTo(canary.enrollment.hostId());
            assertThat(host.detail()).startsWith("suspected-crash: ");
        });
        assertThat(build().hosts().drawn()).isEqualTo(2);
        hosts(1);
        assertThat(agents.get(3).told(1)).as("one that joins later").isFalse();
    }

    @Test
    void an_operator_who_resumes_it_excuses_what_has_happened_and_another_host_takes_the_place() throws Exception {
        hosts(2);
        var bundle = publish(publication, 1);
        var canary = only(agent -> agent.told(1));
        canary.crashes(bundle);
        await("the halt", () -> build().state() == RolloutState.HALTED);
        var refused = canary.api.get("/api/v1/bundles/" + bundle.fileDigest());
        assertThat(refused.problem()).as("whatever it was told before").isEqualTo("bundle-quarantined");
        assertThat(lever("resume").status()).isEqualTo(200);
        assertThat(build().quarantined()).isFalse();
        await("the other", () -> agents.stream().allMatch(agent -> agent.told(1)));
        only(agent -> agent != canary).report(AgentState.SETTLED, bundle);
        await("its end", () -> build().state() == RolloutState.COMPLETED);
    }

    @Test
    void a_host_that_has_failed_is_told_to_run_what_was_good_while_the_rollout_stands_still() throws Exception {
        hosts(2);
        var bundle = publish(publication, 1);
        var canary = only(agent -> agent.told(1));
        canary.fails(bundle);
        await("the halt", () -> build().state() == RolloutState.HALTED);
        assertThat(build().quarantined()).isFalse();
        assertThat(build().hosts().failed()).isEqualTo(1);
        await("its being told otherwise", () -> !canary.told(1));
        lever("resume");
        await("both", () -> agents.stream().allMatch(agent -> agent.told(1)));
    }

    @Test
    void who_ends_a_pause_takes_no_crash_on_himself() throws Exception {
        hosts(2);
        var bundle = publish(publication, 1);
        var canary = only(agent -> agent.told(1));
        lever("pause");
        canary.crashes(bundle);
        await("the halt", () -> build().state() == RolloutState.HALTED);
        assertThat(lever("resume").as(Rollout.class).paused()).isNull();
        assertThat(build().state()).isEqualTo(RolloutState.HALTED);
        assertThat(build().quarantined()).isTrue();
        lever("resume");
        assertThat(build().quarantined()).isFalse();
    }

    @Test
    void a_pause_keeps_what_was_released_from_being_handed() throws Exception {
        hosts(2);
        var bundle = publish(publication, 1);
        var preview = admin.get("/api/v1/rollouts/%s/preview?lever=pause".formatted(publication))
                .as(Touched.class);
        assertThat(preview.count()).isEqualTo(2);
        assertThat(preview.openCves()).containsExactly("CVE-2026-0001");
        assertThat(build().hosts().released()).isEqualTo(1);
        assertThat(lever("pause").as(Rollout.class).paused().reason()).isEqualTo("a test");
        assertThat(agents).noneMatch(agent -> agent.told(1));
        assertThat(build().hosts().released()).isZero();
        lever("resume");
        await("a canary", () -> agents.stream().anyMatch(agent -> agent.told(1)));
        var canary = only(agent -> agent.told(1));
        lever("pause");
        canary.report(AgentState.SETTLED, bundle);
        await("what it says", () -> build().hosts().settled() == 1);
        assertThat(canary.told(1)).as("what was handed stays").isTrue();
        assertThat(agents.stream().filter(agent -> agent.told(1))).hasSize(1);
    }

    @Test
    void an_aborted_rollout_is_over_until_it_is_resumed() throws Exception {
        hosts(2);
        publish(publication, 1);
        var canary = only(agent -> agent.told(1));
        assertThat(lever("abort").as(Rollout.class).builds().get(0).state()).isEqualTo(RolloutState.ABORTED);
        assertThat(canary.told(1)).as("it keeps what it was handed").isTrue();
        assertThat(lever("abort").problem()).isEqualTo("rollout-conflict");
        assertThat(lever("pause").problem()).isEqualTo("rollout-conflict");
        assertThat(lever("resume").status()).isEqualTo(200);
        assertThat(build().state()).isEqualTo(RolloutState.RUNNING);
        assertThat(lever("resume").problem()).isEqualTo("rollout-conflict");
    }

    @Test
    void what_needs_approval_waits_for_another_person() throws Exception {
        admin.put("/api/v1/plans/four-eyes", Map.of("rings", List.of(Map.of("reach", "100%")), "start", "approved"));
        choose(publication, "four-eyes");
        hosts(1);
        publish(publication, 1);
        assertThat(build().reason()).contains("approval");
        assertThat(lever("approval").problem()).as("who has published it").isEqualTo("rollout-conflict");
        assertThat(agents.get(0).told(1)).isFalse();
        assertThat(admin.put("/api/v1/rollouts/" + publication, Map.of("plan", "at-once"))
                        .problem())
                .as("nor can that one do without the other")
                .isEqualTo("rollout-conflict");
        var operator = admin.post("/api/v1/api-keys", Map.of("name", "second " + publication, "role", "operator"))
                .json()
                .get("key")
                .stringValue();
        assertThat(admin.as(operator)
                        .post("/api/v1/rollouts/%s/approval".formatted(publication), Map.of())
                        .as(Rollout.class)
                        .approval()
                        .by())
                .isEqualTo("second " + publication);
        await("its beginning", () -> agents.get(0).told(1));
    }

    @Test
    void an_approval_is_kept_with_its_reason_and_is_not_given_twice() {
        admin.put("/api/v1/plans/four-eyes", Map.of("rings", List.of(Map.of("reach", "100%")), "start", "approved"));
        choose(publication, "four-eyes");
        hosts(1);
        publish(publication, 1);
        var other = another();
        var approval = other.post("/api/v1/rollouts/%s/approval".formatted(publication), Map.of("reason", "read it"))
                .as(Rollout.class)
                .approval();
        assertThat(approval.reason()).isEqualTo("read it");
        assertThat(other.post("/api/v1/rollouts/%s/approval".formatted(publication), Map.of("reason", "again"))
                        .problem())
                .isEqualTo("rollout-conflict");
        assertThat(rollout(publication).approval().reason()).isEqualTo("read it");
    }

    /** With a key of another operator's. */
    private Api another() {
        return admin.as(admin.post("/api/v1/api-keys", Map.of("name", "second " + publication, "role", "operator"))
                .json()
                .get("key")
                .stringValue());
    }

    private Api.Answer dryRun(Api whose, String lever) {
        return whose.get("/api/v1/rollouts/%s/preview?lever=%s".formatted(publication, lever));
    }

    @Test
    void a_dry_run_refuses_what_the_lever_would_refuse_and_changes_nothing() throws Exception {
        admin.put("/api/v1/plans/four-eyes", Map.of("rings", List.of(Map.of("reach", "100%")), "start", "approved"));
        choose(publication, "four-eyes");
        hosts(2);
        publish(publication, 1);
        assertThat(dryRun(admin, "approve").problem())
                .as("who has published it")
                .isEqualTo("rollout-conflict");
        assertThat(dryRun(admin, "resume").problem()).isEqualTo("rollout-conflict");
        var other = another();
        assertThat(dryRun(other, "approve").as(Touched.class).count()).isEqualTo(2);
        assertThat(rollout(publication).approval()).isNull();
        assertThat(agents).noneMatch(agent -> agent.told(1));

        other.post("/api/v1/rollouts/%s/approval".formatted(publication), Map.of());
        await("its beginning", () -> agents.stream().anyMatch(agent -> agent.told(1)));
        assertThat(dryRun(admin, "pause").status()).isEqualTo(200);
        assertThat(dryRun(admin, "abort").status()).isEqualTo(200);
        assertThat(build().state()).isEqualTo(RolloutState.RUNNING);
        lever("abort");
        assertThat(dryRun(admin, "abort").problem()).isEqualTo("rollout-conflict");
        assertThat(dryRun(admin, "pause").problem()).isEqualTo("rollout-conflict");
        assertThat(dryRun(admin, "resume").status()).isEqualTo(200);
        assertThat(build().state()).isEqualTo(RolloutState.ABORTED);
    }

    @Test
    void a_dry_run_of_ending_a_pause_promises_nothing_of_what_has_halted_as_well() throws Exception {
        hosts(2);
        var bundle = publish(publication, 1);
        only(agent -> agent.told(1)).crashes(bundle);
        await("halt", () -> build().state() == RolloutState.HALTED);
        lever("pause");
        assertThat(dryRun(admin, "resume").as(Touched.class).count()).isZero();
        lever("resume");
        assertThat(dryRun(admin, "resume").as(Touched.class).count()).isEqualTo(2);
    }

    @Test
    void what_was_chosen_for_a_name_that_never_comes_is_forgotten() {
        assertThat(admin.put("/api/v1/rollouts/" + publication + "%20x", Map.of("plan", "careful"))
                        .problem())
                .isEqualTo("bad-parameter");
        assertThat(lever("pause").text()).contains("nothing is published under this name");
        assertThat(admin.delete("/api/v1/rollouts/" + publication).status()).isEqualTo(204);
        assertThat(admin.delete("/api/v1/rollouts/" + publication).problem()).isEqualTo("not-found");
        hosts(1);
        publish(publication, 1);
        assertThat(admin.delete("/api/v1/rollouts/" + publication).problem()).isEqualTo("rollout-conflict");
    }

    @Test
    void people_are_told_why_a_host_runs_nothing_newer() {
        String older = UUID.randomUUID().toString();
        choose(older, "at-once");
        hosts(2);
        publish(older, 1);
        publish(publication, 2);
        var canary = only(agent -> agent.told(2));
        var spared = only(agent -> agent != canary);
        var shown = admin.get("/api/v1/hosts/%s/directive".formatted(spared.enrollment.hostId()))
                .as(Directive.class);
        assertThat(shown.bundle().level()).isEqualTo(1);
        assertThat(shown.reason())
                .isEqualTo("level 2 is not for it now, see `rebootless rollout show %s`".formatted(publication));
        assertThat(spared.poll().reason()).isNull();
    }

    @Test
    void a_newer_publication_supersedes_an_unfinished_one_and_withdrawing_it_brings_back_what_was_good()
            throws Exception {
        hosts(2);
        var first = publish(publication, 1);
        var canary = only(agent -> agent.told(1));
        canary.report(AgentState.SETTLED, first);
        String newer = UUID.randomUUID().toString();
        choose(newer, "at-once");
        publish(newer, 2);
        assertThat(agents).allMatch(agent -> agent.told(2));
        await("the first's end", () -> build().state() == RolloutState.SUPERSEDED);
        admin.post("/api/v1/publications/%s/withdrawal".formatted(newer), Map.of("reason", "slow"));
        assertThat(rollout(newer).builds().get(0).state()).isEqualTo(RolloutState.WITHDRAWN);
        assertThat(canary.told(1)).as("what it was handed before").isTrue();
        assertThat(only(agent -> agent != canary).poll().order())
                .as("nothing has come to it but what was withdrawn")
                .isEqualTo(Order.NONE);
        assertThat(lever("resume").status()).isEqualTo(200);
        await("the other", () -> agents.stream().allMatch(agent -> agent.told(1)));
    }

    @Test
    void a_build_that_nobody_runs_waits_for_its_first_host_which_is_its_canary() throws Exception {
        var bundle = publish(publication, 1);
        assertThat(build().state()).isEqualTo(RolloutState.WAITING);
        hosts(1);
        await("a canary", () -> agents.get(0).told(1));
        hosts(1);
        assertThat(agents.get(1).told(1)).isFalse();
        agents.get(0).report(AgentState.SETTLED, bundle);
        await("everybody", () -> agents.get(1).told(1));
    }

    @Test
    void a_hanging_poll_is_woken_by_its_turn() throws Exception {
        hosts(1);
        var poll = HangingPoll.of(agents.get(0).api);
        publish(publication, 1);
        var answer = poll.until(one -> one.status() == 200);
        assertThat(answer.as(Directive.class).order()).isEqualTo(Order.RUN);
        assertThat(build().hosts().handed()).isEqualTo(1);
    }

    @Test
    void a_bundle_that_is_added_later_begins_at_its_builds_canary() throws Exception {
        hosts(1);
        var bundle = publish(publication, 1);
        agents.get(0).poll();
        agents.get(0).report(AgentState.SETTLED, bundle);
        await("its end", () -> build().state() == RolloutState.COMPLETED);
        var other = Samples.kernel();
        var first = Samples.enroll(server, other, Map.of());
        var second = Samples.enroll(server, other, Map.of());
        admin.upload(TestBundles.signed(other, 1, 0, manifest(publication), alice()));
        var told = java.util.stream.Stream.of(first, second)
                .filter(host -> server.api()
                                .as(host.token())
                                .get(DIRECTIVE)
                                .as(Directive.class)
                                .order()
                        == Order.RUN)
                .count();
        assertThat(told).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"rings\":[{\"reach\":\"50%\"},{\"reach\":\"10%\"},{\"reach\":\"100%\"}]} | 10% comes after 50%",
                "{\"rings\":[{\"reach\":\"3\",\"settled\":\"5\"},{\"reach\":\"100%\"}]} | no more than rings.reach",
                "{\"rings\":[],\"notBefore\":\"+999999-12-01T02:00:00Z\"} | before the year 9999",
                "{\"rings\":[],\"spreadOver\":\"fact.os.id\"} | key of a label",
                "{\"rings\":[],\"windws\":{}} | The field windws is not known",
                "{\"rings\":[{\"reach\":\"100%\",\"share\":\"1\"}]} | The field rings.0.share is not known",
                "{\"rings\":[{\"reach\":\"100%\",\"bake\":\"1h\"}]} | The field rings.0.bake is missing or of the wrong type: a duration",
                "{\"rings\":[{\"reach\":3}]} | a count such as",
                "{} | The field rings is missing",
            })
    void a_silly_plan_is_refused_with_the_fields_name(String plan, String words) {
        var answer = admin.send(admin.json("/api/v1/plans/silly").PUT(BodyPublishers.ofString(plan)));
        assertThat(answer.problem()).isEqualTo("bad-request");
        assertThat(answer.json().get("detail").stringValue()).contains(words);
    }

    @Test
    void a_plan_is_chosen_before_it_begins_and_bad_ones_are_refused() {
        hosts(1);
        publish(publication, 1);
        assertThat(admin.put("/api/v1/rollouts/" + publication, Map.of("plan", "at-once"))
                        .problem())
                .isEqualTo("rollout-conflict");
        assertThat(admin.put("/api/v1/rollouts/" + UUID.randomUUID(), Map.of("plan", "nobody-wrote-it"))
                        .problem())
                .isEqualTo("bad-parameter");
        assertThat(admin.put("/api/v1/plans/bad", Map.of("rings", List.of(Map.of("reach", "50%"))))
                        .text())
                .contains("the last one reaches 100%");
        assertThat(admin.put("/api/v1/plans/bad", Map.of("rings", List.of(Map.of("reach", "101%"))))
                        .problem())
                .isEqualTo("bad-request");
        assertThat(admin.put("/api/v1/plans/careful", Map.of("rings", List.of()))
                        .problem())
                .isEqualTo("bad-parameter");
        assertThat(admin.put(
                                "/api/v1/plans/bad",
                                Map.of("rings", List.of(), "windows", Map.of("zone", "Moon/Base", "open", List.of())))
                        .text())
                .contains("time zone");
    }
}
