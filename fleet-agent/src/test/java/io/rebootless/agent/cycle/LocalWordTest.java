package io.rebootless.agent.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.host.BootClock;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.Hold.Mode;
import io.rebootless.agent.memory.Hold.Source;
import io.rebootless.agent.memory.InForce;
import io.rebootless.agent.testing.TestHost;
import io.rebootless.bundle.Cve;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said on the host counts more than what the server orders. */
class LocalWordTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @TempDir
    private Path directory;

    private TestHost host;

    @BeforeEach
    void host() throws IOException {
        host = new TestHost(directory);
        host.wall(NOON);
    }

    @AfterEach
    void close() {
        host.close();
    }

    private void settle(int generation, long level) throws Exception {
        host.server().orderRun(generation, host.publish(level, 0));
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
    }

    private static Hold until(Mode mode, Instant end) {
        return new Hold(mode, Source.COMMAND, "freeze", NOON, Optional.of(end));
    }

    @Test
    void aHoldKeepsTheLevelAgainstTheServerAndAcrossAReboot() throws Exception {
        settle(1, 1);
        host.state().hold(new Hold(Mode.KEEP, "freeze", NOON));
        host.server().orderRun(2, host.publish(2, 0));
        assertThat(host.once().state()).isEqualTo(AgentState.HELD);
        host.server().order(new Directive(1, 3, Directive.Order.NONE, null, null));
        assertThat(host.once().state()).isEqualTo(AgentState.HELD);
        assertThat(host.kernel().state().level()).isEqualTo(1);

        host.reboot();
        assertThat(host.offline().state()).isEqualTo(AgentState.HELD);
        assertThat(host.kernel().state().level()).isEqualTo(1);
        assertThat(host.server().lastReport().failure()).isEqualTo(new Failure("held-on-host", "freeze"));
    }

    @Test
    void aHoldWithAnEndIsReportedWithItAndEndsByItself() throws Exception {
        settle(1, 1);
        host.server().orderRun(2, host.publish(2, 0));
        host.state().hold(until(Mode.KEEP, NOON.plusSeconds(3600)));
        assertThat(host.once().failure()).contains(new Failure("held-on-host", "freeze (until 2026-11-22T13:00:00Z)"));

        host.wall(NOON.plusSeconds(3599));
        assertThat(host.once().state()).isEqualTo(AgentState.HELD);
        host.wall(NOON.minus(Duration.ofDays(900)));
        assertThat(host.once().state())
                .as("a clock that was turned back lets it go on")
                .isEqualTo(AgentState.HELD);
        host.wall(NOON.plusSeconds(3600));
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.kernel().state().level()).isEqualTo(2);
        assertThat(host.logged()).contains("the hold has ended: freeze");

        host.wall(NOON);
        assertThat(host.once().state()).as("once over, no clock revives it").isEqualTo(AgentState.SETTLED);
    }

    @Test
    void aRevertWithAnEndComesBackByItself() throws Exception {
        settle(1, 1);
        host.state().hold(until(Mode.OFF, NOON.plusSeconds(60)));
        assertThat(host.offline().state()).isEqualTo(AgentState.HELD);
        assertThat(host.kernel().state().level()).isZero();
        host.wall(NOON.plusSeconds(61));
        assertThat(host.offline().state()).as("from the cache").isEqualTo(AgentState.SETTLED);
    }

    @Test
    void aHoldOfAnAgentThatKnewNoEndStillHolds() throws Exception {
        Files.writeString(directory.resolve("state/hold.json"), """
                {"mode":"OFF","reason":"latency","since":"2026-11-01T00:00:00Z"}""");
        assertThat(host.state().hold()).contains(new Hold(Mode.OFF, "latency", Instant.parse("2026-11-01T00:00:00Z")));
    }

    @Test
    void theModeFileIsAKillSwitchAtBootBeforeAnythingIsApplied() throws Exception {
        settle(1, 1);
        host.reboot();
        host.administrator("mode", "hold\n");
        assertThat(host.offline().state()).isEqualTo(AgentState.HELD);
        assertThat(host.kernel().state().level()).isZero();
        host.administrator("mode", "on\n");
        assertThat(host.offline().state()).isEqualTo(AgentState.SETTLED);
        host.administrator("mode", "off\n");
        assertThat(host.offline().state()).isEqualTo(AgentState.HELD);
        assertThat(host.kernel().log()).containsExactly("upgrade", "upgrade", "disable fix_1", "clear");
    }

    @Test
    void aRevertDoesNotWaitForABundleThatIsBeingVerifiedAndGoesBeforeIt() throws Exception {
        host.verification(whole -> (file, promised) -> {
            try {
                // As another thread, for the lock is this thread's own if it has it.
                var revert = CompletableFuture.runAsync(() -> host.revert("latency"));
                revert.get(20, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException("nobody could revert", e);
            }
            return whole.verify(file, promised);
        });
        host.server().orderRun(1, host.publish(1, 0));
        assertThat(host.once().state()).isEqualTo(AgentState.HELD);
        assertThat(host.kernel().log()).isEmpty();
        assertThat(host.server().reportedStates())
                .as("what is found then is nobody's concern")
                .containsExactly(AgentState.FETCHING, AgentState.HELD);
    }

    @Test
    void theStrongestWordCounts() throws Exception {
        settle(1, 1);
        host.commandLine("rebootless=hold");
        host.state().hold(new Hold(Mode.KEEP, "freeze", NOON));
        host.administrator("mode", "off\n");
        assertThat(host.offline().failure().map(Failure::message))
                .hasValueSatisfying(words -> assertThat(words).contains("mode says off"));
        assertThat(host.kernel().state().level()).isZero();
    }

    @Test
    void theWatchFollowsTheModeFileWhileThePatrolWaits() throws Exception {
        settle(1, 1);
        var watch = new HoldWatch(host.equipment());
        watch.glance();
        assertThat(host.kernel().log()).containsExactly("upgrade");

        host.administrator("mode", "off\n");
        watch.glance();
        assertThat(host.kernel().state().level()).isZero();
        Files.delete(directory.resolve("etc/mode"));
        watch.glance();
        assertThat(host.kernel().state().inForce()).isTrue();
        host.state().hold(until(Mode.OFF, NOON.plusSeconds(60)));
        watch.glance();
        assertThat(host.kernel().state().level()).isZero();
        host.wall(NOON.plusSeconds(60));
        watch.glance();
        assertThat(host.kernel().state().inForce()).as("the end is seen too").isTrue();
    }

    @Test
    void theWatchOutlivesAMistakeAndSaysItOnce() throws Exception {
        settle(1, 1);
        var looks = new AtomicInteger();
        BootClock clock = new BootClock() {
            @Override
            public Duration sinceBoot() {
                if (looks.get() < 5) {
                    throw new UncheckedIOException(new IOException("/proc/uptime is not there"));
                }
                return host.clock().sinceBoot();
            }

            @Override
            public void pause(Duration duration) throws InterruptedException {
                if (looks.incrementAndGet() > 20) {
                    throw new InterruptedException("enough");
                }
            }
        };
        var watch = new HoldWatch(host.equipment(clock));
        host.administrator("mode", "off\n");
        assertThatThrownBy(watch::run).isInstanceOf(InterruptedException.class);
        assertThat(host.kernel().state().level()).isZero();
        assertThat(host.logged()).containsOnlyOnce("/proc/uptime is not there");
    }

    @Test
    void aForbiddenDowngradeIsRefusedReportedAndNotMadeByAReboot() throws Exception {
        var first = host.publish(1, 0);
        settle(1, 2);
        host.administrator("policy.properties", "downgrade = forbid\n");
        host.server().orderRun(2, first);
        var refused = host.once();
        assertThat(refused.state()).isEqualTo(AgentState.REFUSED);
        assertThat(refused.bundle()).contains(first.identity());
        assertThat(host.server().lastReport().failure())
                .isEqualTo(
                        new Failure(
                                "forbidden-by-policy",
                                "policy.properties forbids the downgrade from level 2 to 1 (2026-11-22.1) that the server orders"));
        assertThat(host.kernel().log()).containsExactly("upgrade");

        host.reboot();
        assertThat(host.once().state()).isEqualTo(AgentState.REFUSED);
        assertThat(host.kernel().state().level()).isEqualTo(2);
        host.administrator("policy.properties", "downgrade = allow\n");
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.kernel().state().level()).isEqualTo(1);
    }

    @Test
    void aForbiddenNoneIsRefusedAndReportedAndRevertStillWorks() throws Exception {
        settle(1, 1);
        host.administrator("policy.properties", "none = forbid\n");
        host.server().order(new Directive(1, 2, Directive.Order.NONE, null, null));
        assertThat(host.once().state()).isEqualTo(AgentState.REFUSED);
        assertThat(host.server().lastReport().failure())
                .isEqualTo(new Failure(
                        "forbidden-by-policy",
                        "policy.properties forbids the order to run no livepatch; level 1 stays"));
        host.reboot();
        assertThat(host.once().state()).isEqualTo(AgentState.REFUSED);
        assertThat(host.kernel().state().level()).isEqualTo(1);

        host.state().hold(new Hold(Mode.OFF, "by hand", NOON));
        assertThat(host.once().state()).isEqualTo(AgentState.HELD);
        assertThat(host.kernel().state().level()).isZero();
    }

    @Test
    void aPolicyThatCannotBeFollowedChangesNothing() throws Exception {
        settle(1, 1);
        host.administrator("policy.properties", "downgrades = forbid\n");
        host.server().orderRun(2, host.publish(2, 0));
        var held = host.once();
        assertThat(held.state()).isEqualTo(AgentState.HELD);
        assertThat(held.failure().map(Failure::message))
                .hasValueSatisfying(words -> assertThat(words).contains("\"downgrades\" is no policy"));
        assertThat(host.kernel().state().level()).isEqualTo(1);
    }

    @Test
    void whatSettlesIsDescribedForEverybodyAndNoLongerThanItIsInForce() throws Exception {
        settle(1, 1);
        var described = host.state().inForce().orElseThrow();
        assertThat(described.level()).isEqualTo(1);
        assertThat(described.title()).isEqualTo("Level 1");
        assertThat(described.cves()).extracting(Cve::id).containsExactly("CVE-2026-0001");
        Path file = directory.resolve("state/in-force.json");
        assertThat(Files.getPosixFilePermissions(file)).hasSize(4);

        Files.delete(file);
        host.once();
        assertThat(host.state().inForce().map(InForce::bundle))
                .as("a new process writes it again")
                .contains(described.bundle());
        settle(2, 2);
        assertThat(host.state().inForce().map(InForce::level)).contains(2L);
        host.server().order(new Directive(1, 3, Directive.Order.NONE, null, null));
        host.once();
        assertThat(file).doesNotExist();
    }

    @Test
    void nothingIsSaidOfAFileThatHasChangedSinceItWasVerified() throws Exception {
        settle(1, 1);
        Files.delete(directory.resolve("state/in-force.json"));
        try (var files = Files.list(directory.resolve("state/bundles"))) {
            Files.write(files.findFirst().orElseThrow(), new byte[] {1, 2, 3});
        }
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.state().inForce()).isEmpty();
        assertThat(host.logged()).contains("cannot be said");
    }
}
