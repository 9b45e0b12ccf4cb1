package io.rebootless.agent.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.cycle.Patrol.NotEnrolledException;
import io.rebootless.agent.testing.TestHost;
import io.rebootless.kernel.BuildId;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestPublishers;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server's orders, carried out on a simulated kernel. */
class PatrolTest {
    @TempDir
    private Path directory;

    private TestHost host;

    @BeforeEach
    void host() throws IOException {
        host = new TestHost(directory);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void aBundleIsFetchedVerifiedJournalledAppliedAndReported() throws Exception {
        var bundle = host.publish(1, 0);
        host.server().orderRun(7, bundle);
        host.kernel().transitionsTake(5);

        var standing = host.once();

        assertThat(standing.state()).isEqualTo(AgentState.SETTLED);
        assertThat(standing.bundle()).contains(bundle.identity());
        assertThat(host.kernel().log()).containsExactly("upgrade");
        assertThat(host.server().reportedStates())
                .containsExactly(
                        AgentState.FETCHING,
                        AgentState.VERIFIED,
                        AgentState.APPLYING,
                        AgentState.APPLYING,
                        AgentState.SOAKING,
                        AgentState.SETTLED);
        assertThat(host.server().journal()).containsExactly("APPLYING 1", "SETTLED 1");
        var report = host.server().lastReport();
        assertThat(report.generation()).isEqualTo(7);
        assertThat(report.livepatch().inForce()).isTrue();
        assertThat(report.kernel()).isEqualTo(TestBundles.KERNEL);
    }

    @Test
    void aRestartTouchesTheKernelNoMore() throws Exception {
        host.server().orderRun(1, host.publish(1, 0));
        host.once();
        int reports = host.server().reports().size();

        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.kernel().log()).containsExactly("upgrade");
        assertThat(host.server().reports()).hasSize(reports);
    }

    @Test
    void anAgentThatLostItsMemoryRecognizesWhatTheKernelRuns() throws Exception {
        host.server().orderRun(1, host.publish(1, 0));
        host.once();
        Files.delete(directory.resolve("state/state.json"));

        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.kernel().log()).containsExactly("upgrade");
        assertThat(host.server().lastReport().number()).isLessThan(10);
        assertThat(host.server().reports().stream().map(r -> r.journalId()).distinct())
                .as("numbers start again, so the journal has another name")
                .hasSize(2);
    }

    @Test
    void aHigherLevelReplacesALowerOneAndADowngradeIsItsOwnWord() throws Exception {
        var first = host.publish(1, 0);
        host.server().orderRun(1, first);
        host.once();
        host.server().orderRun(2, host.publish(2, 0));
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        host.server().orderRun(3, first);
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);

        assertThat(host.kernel().log()).containsExactly("upgrade", "upgrade", "downgrade");
        assertThat(host.kernel().state().level()).isEqualTo(1);
    }

    @Test
    void afterARebootTheCachedBundleComesBackWithoutANetwork() throws Exception {
        host.server().orderRun(1, host.publish(1, 1));
        host.once();
        host.server().refuse(503, Map.of());
        host.reboot();

        assertThat(host.offline().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.kernel().log()).containsExactly("upgrade", "floor 1", "upgrade");
    }

    @Test
    void afterARebootTheLastSettledBundleBridgesTheTimeUntilANewerOneIsThere() throws Exception {
        host.server().orderRun(1, host.publish(1, 0));
        host.once();
        var unreachable = TestHost.reference(TestBundles.signed(2, TestPublishers.alice()));
        host.server().orderRun(2, unreachable);
        assertThat(host.once().failure().map(Failure::name)).contains("fetch-failed");
        host.reboot();

        host.offline();
        assertThat(host.kernel().state().level()).isEqualTo(1);
    }

    @Test
    void aServersHoldKeepsTheLevelEvenAcrossAReboot() throws Exception {
        host.server().orderRun(1, host.publish(1, 0));
        host.once();
        host.server().order(new Directive(1, 2, Directive.Order.HOLD, null, "change freeze"));
        var standing = host.once();
        assertThat(standing.state()).isEqualTo(AgentState.HELD);
        assertThat(standing.failure()).contains(new Failure("held-by-server", "change freeze"));
        host.reboot();

        assertThat(host.once().state()).isEqualTo(AgentState.HELD);
        assertThat(host.kernel().state().level()).isEqualTo(1);
    }

    @Test
    void theOrderNoneTurnsOffAndUnloads() throws Exception {
        host.server().orderRun(1, host.publish(1, 0));
        host.once();
        host.kernel().transitionsTake(3);
        host.server().order(new Directive(1, 2, Directive.Order.NONE, null, null));

        assertThat(host.once().state()).isEqualTo(AgentState.IDLE);
        assertThat(host.kernel().log()).containsExactly("upgrade", "disable fix_1", "clear");
        host.reboot();
        assertThat(host.offline().state()).isEqualTo(AgentState.IDLE);
        assertThat(host.kernel().state().level()).isZero();
    }

    @Test
    void aLaggingServersOlderDirectiveIsIgnored() throws Exception {
        host.server().orderRun(5, host.publish(2, 0));
        host.once();
        host.server().orderRun(4, host.publish(1, 0));

        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.kernel().state().level()).isEqualTo(2);
        assertThat(host.logged()).contains("directive 4 is older than 5");
    }

    @Test
    void aServerThatLostTheReportGetsItAgain() throws Exception {
        host.server().orderRun(1, host.publish(1, 0));
        host.once();
        host.server().reports().clear();
        host.server().wantReport(true);

        host.once();
        assertThat(host.server().lastReport().state()).isEqualTo(AgentState.SETTLED);
    }

    @Test
    void reportsAreNumberedAndEntriesHandedInOnce() throws Exception {
        host.server().orderRun(1, host.publish(1, 0));
        host.once();
        host.server().orderRun(2, host.publish(2, 0));
        host.once();

        var numbers = host.server().reports().stream().map(r -> r.number()).toList();
        assertThat(numbers).isSorted().doesNotHaveDuplicates();
        assertThat(host.server().lastReport().journal())
                .extracting(e -> e.sequence())
                .containsExactly(4L);
    }

    @Test
    void aRetiredHostSaysSoAndKeepsWhatIsInForce() throws Exception {
        host.server().orderRun(1, host.publish(1, 0));
        host.once();
        host.server().refuse(410, Map.of());

        assertThatThrownBy(host::once).isInstanceOf(NotEnrolledException.class).hasMessageContaining("retired");
        assertThat(host.kernel().state().inForce()).isTrue();
    }

    @Test
    void whatARetiredHostIsWatchingIsWatchedToItsEnd() throws Exception {
        host.server().orderRun(1, host.publish(1, 0));
        host.once();
        host.soak(Duration.ofMinutes(1));
        host.reboot();
        host.server().refuse(410, Map.of());

        assertThatThrownBy(() -> host.patrol().run()).isInstanceOf(NotEnrolledException.class);
        assertThat(host.state().look().standing().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.state().look().reporting().retired()).isTrue();
    }

    @Test
    void anUnknownTokenIsExplained() {
        host.server().refuse(401, Map.of());

        assertThatThrownBy(host::once)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not know this host's token")
                .hasMessageContaining("enroll --force");
    }

    @Test
    void aDirectiveForTheFormerKernelIsForgottenWithIt() throws Exception {
        BundleReference other = host.publish(1, 0);
        host.server().orderRun(1, other);
        host.once();
        try (var session = host.state().open()) {
            var orders = session.memory().orders();
            var moved = orders.under(new BuildId("ff".repeat(20)));
            assertThat(moved.directive()).isEmpty();
            assertThat(moved.etag()).isEmpty();
            assertThat(moved.generation()).isEqualTo(1);
        }
    }

    @Test
    void aDownloadThatIsDueDoesNotWaitForAPollToHang() throws Exception {
        byte[] file = TestBundles.signed(1, TestPublishers.alice());
        var bundle = TestHost.reference(file);
        host.server().orderRun(1, bundle);
        host.once();
        host.server().keep(bundle.fileDigest(), file);
        host.clock().pause(Duration.ofMinutes(1));
        host.server().requests().clear();

        runUntil(() -> host.server().reportedStates().contains(AgentState.SETTLED));
        var polls = host.server().requests().stream()
                .filter(request -> request.contains("directive"))
                .toList();
        assertThat(polls.get(0)).doesNotContain("wait");
        assertThat(polls).anyMatch(poll -> poll.endsWith(" wait=50"));
    }

    /** Runs the agent until something holds and it has gone back to polling, then stops it. */
    private void runUntil(BooleanSupplier reached) throws Exception {
        var patrol = host.patrol();
        var thread = new Thread(() -> {
            try {
                patrol.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        while (!reached.getAsBoolean()
                || host.server().requests().stream()
                                .filter(r -> r.contains("wait=50"))
                                .count()
                        < 2) {
            Thread.sleep(10);
        }
        patrol.stop().close();
        thread.join(5000);
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void runPollsUntilStoppedAndLeavesTheMark() throws Exception {
        host.server().orderRun(1, host.publish(1, 0));
        runUntil(() -> host.kernel().state().inForce());

        assertThat(host.kernel().log()).containsExactly("upgrade");
        try (var session = host.state().open()) {
            List<String> details = session.journal().after(0, 100).stream()
                    .map(entry -> String.valueOf(entry.detail()))
                    .toList();
            assertThat(details.get(details.size() - 1)).isEqualTo("the agent stopped in order");
        }
    }
}
