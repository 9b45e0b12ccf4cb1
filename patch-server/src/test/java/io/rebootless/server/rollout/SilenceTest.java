package io.rebootless.server.rollout;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.Rollout;
import io.rebootless.wire.RolloutState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts of which nothing is heard any more; a server of its own, whose hosts poll every second. */
class SilenceTest {
    private static final String DIRECTIVE = "/api/v1/agent/directive";

    @Test
    void a_host_that_is_handed_a_bundle_and_falls_silent_halts_the_rollout(@TempDir Path data) throws Exception {
        try (var server = TestServer.start(data, List.of("--rebootless.fleet.poll-seconds=1"))) {
            server.trust("alice", alice());
            var admin = server.admin();
            admin.put(
                    "/api/v1/plans/strict",
                    Map.of("rings", List.of(Map.of("reach", "1"), Map.of("reach", "100%")), "silentAfter", "PT10S"));
            admin.put("/api/v1/rollouts/silent", Map.of("plan", "strict"));
            var kernel = Samples.kernel();
            var hosts = Stream.generate(() -> Samples.enroll(server, kernel, Map.of()))
                    .limit(3)
                    .toList();
            admin.upload(TestBundles.signed(kernel, 1, 0, RolloutTest.manifest("silent"), alice()));
            var told = hosts.stream()
                    .filter(host -> poll(server, host).order() == Directive.Order.RUN)
                    .toList();
            assertThat(told).hasSize(1);
            var others = hosts.stream().filter(host -> !told.contains(host)).toList();
            var build = admin.get("/api/v1/rollouts/silent")
                    .as(Rollout.class)
                    .builds()
                    .get(0);
            for (int i = 0; i < 300 && build.state() == RolloutState.RUNNING; i++) {
                Thread.sleep(100);
                assertThat(others).noneMatch(host -> poll(server, host).order() == Directive.Order.RUN);
                build = admin.get("/api/v1/rollouts/silent")
                        .as(Rollout.class)
                        .builds()
                        .get(0);
            }
            assertThat(build.state()).isEqualTo(RolloutState.HALTED);
            assertThat(build.hosts().silent()).isEqualTo(1);
            assertThat(build.quarantined()).isTrue();

            assertThat(poll(server, told.get(0)).order()).as("back again").isEqualTo(Directive.Order.NONE);
            for (int i = 0; i < 100 && build.hosts().silent() > 0; i++) {
                Thread.sleep(100);
                build = admin.get("/api/v1/rollouts/silent")
                        .as(Rollout.class)
                        .builds()
                        .get(0);
            }
            assertThat(build.hosts().silent()).as("it was heard of").isZero();
            assertThat(build.state()).as("but nobody has said to go on").isEqualTo(RolloutState.HALTED);
        }
    }

    private static Directive poll(TestServer server, Enrollment host) {
        return server.api().as(host.token()).get(DIRECTIVE).as(Directive.class);
    }
}
