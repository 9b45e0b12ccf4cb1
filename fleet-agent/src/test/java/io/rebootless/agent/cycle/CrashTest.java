package io.rebootless.agent.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.journal.Journal;
import io.rebootless.agent.memory.CrashWatch;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.testing.TestHost;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Failure;
import io.rebootless.wire.JournalEntry;
import io.rebootless.wire.QuarantinedBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that crash, or seem to: what they crashed under stays out, and everything else goes on. */
class CrashTest {
    @TempDir
    private Path directory;

    private TestHost host;

    @BeforeEach
    void host() throws IOException {
        host = new TestHost(directory);
        host.soak(Duration.ofMinutes(1));
    }

    @AfterEach
    void close() {
        host.close();
    }

    /** Hands a bundle over and leaves it in the middle of its soak. */
    private BundleReference soaking(long level) throws Exception {
        var bundle = host.publish(level, 0);
        host.server().orderRun(level, bundle);
        settleNothing();
        assertThat(host.offline().state()).isEqualTo(AgentState.SOAKING);
        assertThat(host.kernel().state().level()).isEqualTo(level);
        return bundle;
    }

    /** Like {@code once}, but it does not wait for the soak. */
    private void settleNothing() throws Exception {
        var cycle = new Cycle(host.equipment());
        cycle.work(Uplink.NONE);
        var answer = host.client()
                .poll("rlht_test", Optional.empty(), Optional.empty(), host.bootId(), Optional.empty(), Duration.ZERO);
        cycle.lift(answer.lifted());
        var membership = host.state().membership().orElseThrow();
        cycle.accept(answer.directive().orElseThrow(), answer.etag(), membership);
        cycle.work(host.patrol().uplink(membership));
    }

    private BundleReference settled(long level) throws Exception {
        var bundle = host.publish(level, 0);
        host.server().orderRun(level, bundle);
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        return bundle;
    }

    private List<QuarantinedBundle> quarantined() throws IOException {
        return host.state().look().watch().quarantined();
    }

    private static void assertSuspected(Standing standing, BundleReference bundle) {
        assertThat(standing.state()).isEqualTo(AgentState.FAILED);
        assertThat(standing.bundle()).contains(bundle.identity());
        assertThat(standing.failure().map(Failure::name)).contains("suspected-crash");
    }

    @Test
    void aCrashInTheMiddleOfASoakQuarantinesTheBundleJournalsAndReportsIt() throws Exception {
        var bundle = soaking(1);
        String crashed = host.bootId();
        host.crash();

        assertSuspected(host.once(), bundle);
        assertThat(host.kernel().log()).containsExactly("upgrade");
        assertThat(host.kernel().state().level()).isZero();
        var report = host.server().lastReport();
        assertThat(report.state()).isEqualTo(AgentState.FAILED);
        assertThat(report.failure()).isNotNull().extracting(Failure::name).isEqualTo("suspected-crash");
        assertThat(report.quarantined()).hasSize(1);
        var quarantine = report.quarantined().get(0);
        assertThat(quarantine.bundle()).isEqualTo(bundle.identity());
        assertThat(quarantine.bootId()).isEqualTo(crashed);
        assertThat(quarantine.id().version()).isEqualTo(4);
        assertThat(quarantine.reason().message()).contains("fix_1", "level 1", crashed);
        assertThat(host.server().journal()).contains("FAILED 1");
    }

    @Test
    void noCommandNoRestartNoRebootAndNoDirectiveBringsItBack() throws Exception {
        var bundle = soaking(1);
        host.crash();
        host.once();
        host.once();
        host.offline();
        host.reboot();
        assertSuspected(host.once(), bundle);
        host.server().orderRun(2, bundle);
        assertSuspected(host.once(), bundle);
        try (var session = host.state().open()) {
            session.save(session.memory().enrolledAnew());
        }
        assertSuspected(host.once(), bundle);
        host.wall(host.wall().plus(Duration.ofDays(400)));
        assertSuspected(host.once(), bundle);
        assertThat(host.kernel().log()).containsExactly("upgrade");
    }

    @Test
    void theServerLiftsExactlyTheQuarantineThatItNames() throws Exception {
        var bundle = soaking(1);
        host.crash();
        host.once();
        host.server().lift(new UUID(7, 7));
        assertSuspected(host.once(), bundle);

        host.server().lift(quarantined().get(0).id());
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.kernel().log()).containsExactly("upgrade", "upgrade");
        assertThat(host.server().lastReport().quarantined()).isEmpty();
        try (var session = host.state().open()) {
            assertThat(session.journal().after(0, 100).stream().map(JournalEntry::detail))
                    .anyMatch(detail -> detail != null && detail.contains("has lifted the quarantine"));
        }
    }

    @Test
    void aQuarantineThatFollowsALiftedOneIsAnother() throws Exception {
        var bundle = soaking(1);
        host.crash();
        host.once();
        var first = quarantined().get(0).id();
        host.server().lift(first);
        settleNothing();
        assertThat(host.kernel().state().level()).isEqualTo(1);
        host.crash();

        assertSuspected(host.once(), bundle);
        assertThat(quarantined()).hasSize(1);
        assertThat(quarantined().get(0).id()).isNotEqualTo(first);
        assertThat(host.kernel().log()).containsExactly("upgrade", "upgrade");
    }

    @Test
    void anOrderlyRebootInTheMiddleOfASoakIsNoCrash() throws Exception {
        soaking(1);
        host.reboot();

        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(quarantined()).isEmpty();
        assertThat(host.kernel().log()).containsExactly("upgrade", "upgrade");
        assertThat(host.state().shutdownMarks()).as("used up").doesNotExist();
    }

    @Test
    void theMarkOfAnEarlierBootExcusesNoLaterCrash() throws Exception {
        soaking(1);
        host.reboot();
        host.offline();
        host.crash();

        host.offline();
        assertThat(quarantined()).hasSize(1);
    }

    @Test
    void anAgentThatWasStoppedInOrderBeforeTheHostCrashedIsNoExcuse() throws Exception {
        soaking(1);
        host.patrol().stop().close();
        host.crash();

        host.offline();
        assertThat(quarantined()).hasSize(1);
    }

    @Test
    void aMarkThatWasLeftTooEarlyIsWithdrawnBeforeAnythingIsTried() throws Exception {
        host.markShutdown();
        soaking(1);
        host.crash();

        host.offline();
        assertThat(quarantined()).hasSize(1);
    }

    @Test
    void theLastSettledLevelStandsInForOneInQuarantine() throws Exception {
        var first = settled(1);
        var second = soaking(2);
        host.crash();

        assertThat(host.offline().state()).isEqualTo(AgentState.SOAKING);
        assertThat(host.kernel().state().level()).isEqualTo(1);
        assertSuspected(host.once(), second);
        assertThat(host.kernel().state().level()).isEqualTo(1);
        assertThat(host.state().look().progress().settled().orElseThrow().reference())
                .isEqualTo(first);
        host.server().lift(quarantined().get(0).id());
        assertThat(host.once().bundle()).contains(second.identity());
        assertThat(host.kernel().log()).containsExactly("upgrade", "upgrade", "upgrade", "upgrade");
    }

    @Test
    void twoSilentEndsUnderASettledLevelQuarantineItAndTheOneBeforeStandsIn() throws Exception {
        settled(1);
        var second = settled(2);
        host.crash();
        assertThat(host.once().state()).as("one may be a power cut").isEqualTo(AgentState.SETTLED);
        host.wall(host.wall().minus(Duration.ofDays(30)));
        host.crash();

        assertSuspected(host.once(), second);
        assertThat(host.kernel().state().level()).isEqualTo(1);
        assertThat(quarantined().get(0).reason().message()).contains("second within 24 h");
    }

    @Test
    void underAServersHoldTheOneBeforeStandsInToo() throws Exception {
        settled(1);
        settled(2);
        host.server().order(new Directive(1, 3, Directive.Order.HOLD, null, "change freeze"));
        host.once();
        for (int i = 0; i < 2; i++) {
            host.crash();
            host.once();
        }

        assertThat(quarantined()).hasSize(1);
        assertThat(host.kernel().state().level()).isEqualTo(1);
        assertThat(host.once().state()).isEqualTo(AgentState.HELD);
    }

    @Test
    void aHostThatWasUpForADayInBetweenIsNotSuspected() throws Exception {
        settled(1);
        host.crash();
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        host.clock().pause(Duration.ofHours(25));
        host.offline();
        host.crash();

        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(quarantined()).isEmpty();
    }

    @Test
    void aCrashWhileAReversalStallsIsBlamedOnWhatWasBeingReversed() throws Exception {
        settled(1);
        host.kernel().transitionsStall(true);
        var second = host.publish(2, 0);
        host.server().orderRun(2, second);
        assertThat(host.once().failure().map(Failure::name)).contains("transition-stalled");
        host.kernel().transitionsStall(false);
        host.crash();

        assertSuspected(host.once(), second);
        assertThat(host.kernel().state().level()).isEqualTo(1);
    }

    @Test
    void ifTheQuarantineCannotBeWrittenDownNothingIsApplied() throws Exception {
        soaking(1);
        host.crash();
        Path journal = directory.resolve("state/journal.jsonl");
        byte[] kept = Files.readAllBytes(journal);
        Files.delete(journal);
        Files.createDirectory(journal);

        assertThatThrownBy(host::once).isInstanceOf(IOException.class);
        assertThat(host.kernel().log()).containsExactly("upgrade");
        Files.delete(journal);
        Files.write(journal, kept);
        host.once();
        assertThat(quarantined()).hasSize(1);
        assertThat(host.kernel().log()).containsExactly("upgrade");
    }

    @Test
    void withoutTheNetworkTheCrashIsNoticedJustTheSame() throws Exception {
        var bundle = soaking(1);
        host.server().refuse(503, Map.of());
        host.crash();

        assertSuspected(host.offline(), bundle);
        host.server().refuse(0, Map.of());
        host.once();
        assertThat(host.server().lastReport().quarantined()).hasSize(1);
    }

    @Test
    void anotherKernelBuildIsSaidAndWhatWasForTheFormerIsNotTried() throws Exception {
        settled(1);
        host.reboot();
        host.install(new KernelBuild("6.1.0-48-amd64", "#1 SMP", "x86_64", new BuildId("cd".repeat(20))));

        assertThat(host.offline().state()).isEqualTo(AgentState.IDLE);
        assertThat(host.kernel().log()).containsExactly("upgrade");
        try (var session = host.state().open()) {
            assertThat(session.journal().lastOf(host.bootId()).orElseThrow().detail())
                    .contains("another kernel build", "6.1.0-48-amd64", TestBundles.KERNEL.release());
            assertThat(session.memory().reporting().due()).isTrue();
        }
    }

    /** An agent of an earlier version: no watch, and its own stop in the journal. */
    private void asBeforeTheGuard(boolean stopped) throws Exception {
        try (var session = host.state().open()) {
            if (stopped) {
                session.record(sequence -> new JournalEntry(
                        sequence, host.wall(), host.bootId(), AgentState.SOAKING, null, null, Journal.CLEAN_STOP));
            }
            session.save(session.memory().with(CrashWatch.NONE));
        }
    }

    @Test
    void anUpgradeTakesTheEarlierVersionsWordForAnOrderlyEnd() throws Exception {
        soaking(1);
        asBeforeTheGuard(true);
        host.crash();
        host.offline();
        assertThat(quarantined()).isEmpty();
    }

    @Test
    void anUpgradeAfterACrashUnderTheEarlierVersionStillNoticesIt() throws Exception {
        soaking(1);
        asBeforeTheGuard(false);
        host.crash();
        host.offline();
        assertThat(quarantined()).hasSize(1);
    }

    @Test
    void anUpgradeInTheMiddleOfASoakNeitherLosesNorRestartsIt() throws Exception {
        soaking(1);
        host.clock().pause(Duration.ofSeconds(40));
        asBeforeTheGuard(true);
        assertThat(host.offline().state()).isEqualTo(AgentState.SOAKING);
        host.clock().pause(Duration.ofSeconds(21));
        assertThat(host.offline().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.kernel().log()).containsExactly("upgrade");
        assertThat(Set.copyOf(quarantined())).isEmpty();
    }
}
