package io.rebootless.agent.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.testing.TestHost;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BlockingTask;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Between the transition and the day that nobody thinks of it any more: the soak, its probes, and the way back. */
class SoakTest {
    @TempDir
    private Path directory;

    private TestHost host;
    private Path out;

    @BeforeEach
    void host() throws IOException {
        host = new TestHost(directory);
        host.soak(Duration.ofMinutes(1));
        out = directory.resolve("out");
    }

    @AfterEach
    void close() {
        host.close();
    }

    private BundleReference order(long level) {
        var bundle = host.publish(level, 0);
        host.server().orderRun(level, bundle);
        return bundle;
    }

    private List<String> probed() throws IOException {
        return Files.exists(out) ? Files.readAllLines(out) : List.of();
    }

    @Test
    void aProbeThatIsEndedFromOutsideHasSaidNothingAndIsAskedOnceMore() throws Exception {
        String once = directory.resolve("once").toString();
        host.probe("10-check", "[ -e %s ] || { : >%s; kill -TERM $$; }".formatted(once, once));
        order(1);
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);

        host.probe("10-check", "kill -TERM $$");
        var worse = order(2);
        assertProbeFailed(host.once(), worse);
    }

    private void assertProbeFailed(Standing standing, BundleReference bundle) {
        assertThat(standing.state()).isEqualTo(AgentState.FAILED);
        assertThat(standing.bundle()).contains(bundle.identity());
        assertThat(standing.failure().map(Failure::name)).contains("probe-failed");
    }

    @Test
    void onceWaitsTheSoakOutOnTheClockThatCountsFromTheBoot() throws Exception {
        order(1);
        var before = host.clock().sinceBoot();
        host.wall(Instant.EPOCH);
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.clock().sinceBoot().minus(before)).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(70));
        assertThat(host.server().reportedStates()).contains(AgentState.SOAKING, AgentState.SETTLED);
    }

    @Test
    void probesAreRunAtOnceThenAtTheirIntervalAndOnceMoreAtTheEnd() throws Exception {
        host.probe("10-note", "echo $REBOOTLESS_LEVEL $REBOOTLESS_PHASE >>" + out);
        order(1);
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(probed()).hasSize(7).startsWith("1 applied", "1 soaking").endsWith("1 soaking");
        host.once();
        assertThat(probed()).as("settled is settled").hasSize(7);
    }

    @Test
    void withoutASoakTheProbesHaveOneLook() throws Exception {
        host.soak(Duration.ZERO);
        host.probe("10-note", "echo looked >>" + out);
        order(1);
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(probed()).hasSize(1);
    }

    @Test
    void aProbeThatFailsTurnsTheLevelOffAndTheLastSettledOneComesBack() throws Exception {
        var first = order(1);
        host.once();
        host.probe("10-check", "[ $REBOOTLESS_LEVEL != 2 ] || { echo latency doubled; exit 4; }");
        var second = order(2);

        assertProbeFailed(host.once(), second);
        assertThat(host.kernel().log()).containsExactly("upgrade", "upgrade", "disable fix_2", "clear", "upgrade");
        assertThat(host.kernel().state().level()).isEqualTo(1);
        assertThat(host.state().look().progress().settled().orElseThrow().reference())
                .isEqualTo(first);
        var failure = host.server().lastReport().failure();
        assertThat(failure).isEqualTo(new Failure("probe-failed", "probe 10-check exited with 4: latency doubled"));
        assertThat(host.server().journal()).contains("FAILED 2");
    }

    @Test
    void aProbeThatFailsInTheMiddleOfTheSoakCountsJustAsMuch() throws Exception {
        host.probe("10-check", "echo >>" + out, "[ $(wc -l <" + out + ") -lt 3 ]");
        var bundle = order(1);
        assertProbeFailed(host.once(), bundle);
        assertThat(probed()).hasSize(3);
        assertThat(host.kernel().state().level()).isZero();
    }

    @Test
    void whatTheProbesTurnedDownIsNotTriedAgainUnderThatDirectiveByRestartsOrReboots() throws Exception {
        host.probe("10-check", "exit 1");
        var bundle = order(1);
        host.once();
        host.clock().pause(Duration.ofHours(10));
        assertProbeFailed(host.offline(), bundle);
        new Cycle(host.equipment()).forgive(Set.of(AgentState.REFUSED));
        assertProbeFailed(host.offline(), bundle);
        host.reboot();
        assertProbeFailed(host.offline(), bundle);
        assertThat(host.kernel().log()).containsExactly("upgrade", "disable fix_1", "clear");

        host.server().orderRun(2, bundle);
        Files.delete(host.probes().resolve("10-check"));
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
    }

    @Test
    void somebodyWhoHasMendedTheProbeAsksForAnotherTry() throws Exception {
        Path probe = host.probe("10-check", "exit 1");
        assertProbeFailed(turnedDown(), host.publish(1, 0));
        Files.delete(probe);
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
    }

    private Standing turnedDown() throws Exception {
        order(1);
        return host.once();
    }

    @Test
    void probesThatMustNotBeRunKeepBundlesOut() throws Exception {
        Path probe = host.probe("10-check", "exit 0");
        Files.setPosixFilePermissions(probe, PosixFilePermissions.fromString("rwxrwxrwx"));
        order(1);
        var standing = host.once();
        assertThat(standing.state()).isEqualTo(AgentState.FAILED);
        assertThat(standing.failure().map(Failure::name)).contains("probe-unfit");
        assertThat(host.kernel().log()).isEmpty();
        Files.setPosixFilePermissions(probe, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
    }

    @Test
    void probesThatMustNotBeRunDoNotKeepAnybodyFromReverting() throws Exception {
        order(1);
        host.once();
        Files.writeString(host.probes(), "no directory");
        host.state().hold(Hold.Mode.OFF, "latency", Instant.EPOCH);
        assertThat(host.offline().state()).isEqualTo(AgentState.HELD);
        assertThat(host.kernel().state().level()).isZero();
    }

    @Test
    void theServiceWatchesWhileTheServerIsAway() throws Exception {
        host.probe("10-note", "echo looked >>" + out);
        order(1);
        // From now on the server is to be left alone for an hour; the soak is over long before.
        host.verification(whole -> (file, promised) -> {
            host.server().requests().clear();
            host.server().refuse(503, Map.of("Retry-After", "3600"));
            return whole.verify(file, promised);
        });
        host.clock().endsIn(Duration.ofMinutes(50));
        var patrol = host.patrol();
        var thread = new Thread(() -> {
            try {
                patrol.run();
            } catch (InterruptedException over) {
                // Nobody waits for the next hour here.
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        waitFor(() -> host.state().look().standing().state() == AgentState.SETTLED);
        waitFor(() -> thread.getState() == Thread.State.WAITING);
        patrol.stop().close();
        thread.interrupt();
        thread.join(5000);
        assertThat(probed().size()).isBetween(4, 8);
        assertThat(host.server().requests().stream().filter(request -> request.contains("directive")))
                .as("asked once, and not again because the soak is over")
                .hasSize(1);
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void waitFor(Condition condition) throws Exception {
        for (int i = 0; i < 6000 && !condition.holds(); i++) {
            Thread.sleep(10);
        }
        assertThat(condition.holds()).isTrue();
    }

    @Test
    void whoHoldsATransitionUpIsNamedInWordsAndInTheReport() throws Exception {
        order(1);
        host.soak(Duration.ZERO);
        host.once();
        host.kernel().transitionsStall(true);
        host.task(4711, "postgres", 0);
        host.task(4712, "nfsd", 1);
        order(2);

        var standing = host.once();
        assertThat(standing.failure().orElseThrow().message())
                .contains("fix_2: after 90 s postgres (4711) still ran the old code")
                .contains("Its reversal stalls too: nfsd (4712) still run the code of fix_2");
        var report = host.server().lastReport();
        assertThat(report.blocking()).containsExactly(new BlockingTask(4712, "nfsd", null));
        assertThat(host.server().reports().stream().flatMap(sent -> sent.blocking().stream()))
                .contains(new BlockingTask(4711, "postgres", null));

        host.kernel().transitionsStall(false);
        host.offline();
        assertThat(host.kernel().state().level()).isEqualTo(1);
    }

    private void turnedOffWhilePostgresRunsIt() throws Exception {
        order(1);
        host.once();
        host.kernel().transitionsStall(true);
        host.task(4711, "postgres", 1);
        host.state().hold(Hold.Mode.OFF, "now", Instant.EPOCH);
    }

    @Test
    void aWithdrawalThatStallsNamesThemToo() throws Exception {
        turnedOffWhilePostgresRunsIt();
        assertThat(host.offline().failure().orElseThrow().message())
                .contains("fix_1 is turned off, but postgres (4711) still run its code");
    }

    @Test
    void eachWithdrawalNamesItsOwn() throws Exception {
        turnedOffWhilePostgresRunsIt();
        host.offline();
        host.kernel().enableFromOutside();
        host.task(4711, "postgres", 0);
        host.task(4712, "nfsd", 1);
        assertThat(host.offline().failure().orElseThrow().message())
                .contains("fix_1 is turned off, but nfsd (4712) still run its code");
    }

    @Test
    void aRevertInTheMiddleOfASoakNeedsNoPatience() throws Exception {
        order(1);
        host.soak(Duration.ofDays(1));
        var cycle = new Cycle(host.equipment());
        var membership = host.state().membership().orElseThrow();
        cycle.accept(new Directive(1, 1, Directive.Order.RUN, host.publish(1, 0), null), Optional.empty(), membership);
        assertThat(cycle.work(host.patrol().uplink(membership)).state()).isEqualTo(AgentState.SOAKING);
        host.state().hold(Hold.Mode.OFF, "now", Instant.EPOCH);
        assertThat(host.offline().state()).isEqualTo(AgentState.HELD);
        assertThat(host.kernel().state().level()).isZero();
    }
}
