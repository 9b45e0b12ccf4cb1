package io.rebootless.agent.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.testing.TestHost;
import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestPublishers;
import io.rebootless.trust.TrustedPublishers;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must not get into the kernel, and what happens when the kernel will not have it. */
class RefusalTest {
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

    private void assertRefused(Standing standing, AgentState state, String name) {
        assertThat(standing.state()).isEqualTo(state);
        assertThat(standing.failure().map(Failure::name)).contains(name);
        assertThat(host.server().lastReport().failure())
                .isNotNull()
                .extracting(Failure::name)
                .isEqualTo(name);
        assertThat(host.kernel().state().level()).isZero();
    }

    @Test
    void aStrangersBundleIsNotHandedOver() throws Exception {
        host.server().orderRun(1, host.publish(TestBundles.signed(1, TestPublishers.mallory())));

        assertRefused(host.once(), AgentState.REFUSED, "untrusted-signer");
        assertThat(host.kernel().log()).isEmpty();
    }

    @Test
    void tooFewSignersAreNotEnough() throws Exception {
        host.trust(TrustedPublishers.of(
                List.of(
                        TestPublishers.alice().certificate(),
                        TestPublishers.bob().certificate()),
                2));
        host.server().orderRun(1, host.publish(1, 0));

        assertRefused(host.once(), AgentState.REFUSED, "not-enough-signers");
        assertThat(host.kernel().log()).isEmpty();
    }

    @Test
    void aBundleOfAnotherKernelBuildIsNotHandedOver() throws Exception {
        var other = new KernelBuild(
                TestBundles.KERNEL.release(), TestBundles.KERNEL.version(), "x86_64", new BuildId("ff".repeat(20)));
        host.server()
                .orderRun(
                        1,
                        host.publish(TestBundles.signed(other, 1, 0, TestBundles.manifest(1), TestPublishers.alice())));

        assertRefused(host.once(), AgentState.REFUSED, "wrong-kernel");
        assertThat(host.kernel().log()).isEmpty();
    }

    @Test
    void aServerThatSendsOtherBytesIsFoundOut() throws Exception {
        byte[] promised = TestBundles.signed(2, TestPublishers.alice());
        byte[] sent = promised.clone();
        sent[sent.length - 1] ^= 1;
        var reference = TestHost.reference(promised);
        host.server().keep(reference.fileDigest(), sent);
        host.server().orderRun(1, reference);

        assertRefused(host.once(), AgentState.REFUSED, "digest-mismatch");
    }

    @Test
    void aServerWhoseDirectiveDoesNotMatchTheBundleIsFoundOut() throws Exception {
        var real = host.publish(1, 0);
        var lie = new BundleReference(real.identity(), real.fileDigest(), real.size(), 9, real.publication());
        host.server().orderRun(1, lie);
        assertRefused(host.once(), AgentState.REFUSED, "directive-mismatch");

        var other = new BundleReference(
                Sha256.of(new byte[] {1}), real.fileDigest(), real.size(), real.level(), real.publication());
        host.server().orderRun(2, other);
        assertRefused(host.once(), AgentState.REFUSED, "directive-mismatch");
        assertThat(host.kernel().log()).isEmpty();
    }

    @Test
    void withoutItsFloorNothingIsHandedOverAndTheServerHearsWhy() throws Exception {
        host.server().orderRun(1, host.publish(1, 1));
        host.once();
        host.reboot();
        host.kernel().floorsStick(true);

        assertRefused(host.once(), AgentState.FAILED, "floor-not-restored");
        assertThat(host.kernel().log()).containsExactly("upgrade");
        host.kernel().floorsStick(false);
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.kernel().log()).containsExactly("upgrade", "floor 1", "upgrade");
    }

    @Test
    void aRevokedLevelStaysRevokedAcrossAReboot() throws Exception {
        host.server().orderRun(1, host.publish(2, 2));
        host.once();
        host.server().order(new Directive(1, 2, Directive.Order.NONE, null, null));
        host.once();
        host.reboot();
        host.server().orderRun(3, host.publish(1, 0));

        assertRefused(host.once(), AgentState.REFUSED, "below-floor");
        assertThat(host.kernel().state().floor()).isEqualTo(2);
    }

    @Test
    void aRefusedBundleIsTriedAgainOnlyUnderANewDirective() throws Exception {
        host.kernel().failNext("EKEYREJECTED signature-invalid: a trusted key's signature does not verify");
        var bundle = host.publish(1, 0);
        host.server().orderRun(1, bundle);
        assertRefused(host.once(), AgentState.REFUSED, "signature-invalid");

        host.clock().pause(Duration.ofHours(5));
        assertThat(host.offline().state()).isEqualTo(AgentState.REFUSED);
        assertThat(host.kernel().log()).containsExactly("upgrade", "discard");

        host.server().orderRun(2, bundle);
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
    }

    @Test
    void aFailureIsTriedAgainAfterAWhile() throws Exception {
        host.kernel().failNext("EIO loader-failed: the helper exited with 5");
        host.server().orderRun(1, host.publish(1, 0));
        assertRefused(host.once(), AgentState.FAILED, "loader-failed");

        assertThat(host.offline().state()).isEqualTo(AgentState.FAILED);
        assertThat(host.kernel().log()).containsExactly("upgrade", "discard");
        host.clock().pause(Duration.ofSeconds(31));
        assertThat(host.offline().state()).isEqualTo(AgentState.SETTLED);
    }

    @Test
    void aStalledTransitionIsReversedAndTheOldLevelStays() throws Exception {
        host.server().orderRun(1, host.publish(1, 0));
        host.once();
        host.kernel().transitionsStall(true);
        host.server().orderRun(2, host.publish(2, 0));

        var stalled = host.once();
        assertThat(stalled.state()).isEqualTo(AgentState.FAILED);
        assertThat(stalled.failure().map(Failure::name)).contains("transition-stalled");
        assertThat(host.kernel().log()).containsExactly("upgrade", "upgrade", "disable fix_2");

        host.kernel().transitionsStall(false);
        assertThat(host.offline().state()).isEqualTo(AgentState.FAILED);
        assertThat(host.kernel().state().level()).isEqualTo(1);
        host.clock().pause(Duration.ofMinutes(5));
        assertThat(host.offline().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.kernel().state().level()).isEqualTo(2);
    }

    @Test
    void aForeignLivepatchIsNotReplaced() throws Exception {
        host.kernel().addForeign("kpatch_5");
        host.server().orderRun(1, host.publish(1, 0));

        assertRefused(host.once(), AgentState.FAILED, "foreign-livepatch");
        assertThat(host.kernel().log()).isEmpty();
    }

    @Test
    void withoutTheModuleOrItsSealNothingIsTriedAndItResumesByItself() throws Exception {
        host.server().orderRun(1, host.publish(1, 0));
        host.kernel().unloadModule();
        assertRefused(host.once(), AgentState.FAILED, "module-missing");
        host.kernel().reloadSealed();
        host.kernel().unseal();
        assertRefused(host.once(), AgentState.FAILED, "not-sealed");
        host.kernel().reloadSealed();

        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
    }

    @Test
    void whatCannotBeJournalledIsNotApplied() throws Exception {
        host.server().orderRun(1, host.publish(1, 0));
        host.kernel().unloadModule();
        host.once();
        host.kernel().reloadSealed();
        Files.delete(directory.resolve("state/journal.jsonl"));
        Files.createDirectory(directory.resolve("state/journal.jsonl"));

        assertThatThrownBy(host::once).isInstanceOf(IOException.class);
        assertThat(host.kernel().log()).isEmpty();
    }

    @Test
    void revertHoldsAcrossRebootsAndNewDirectivesUntilLifted() throws Exception {
        host.server().orderRun(1, host.publish(1, 0));
        host.once();
        host.state().hold(Hold.Mode.OFF, "latency", Instant.EPOCH);

        var held = host.offline();
        assertThat(held.state()).isEqualTo(AgentState.HELD);
        assertThat(held.failure()).contains(new Failure("held-on-host", "latency"));
        assertThat(host.kernel().log()).containsExactly("upgrade", "disable fix_1", "clear");
        host.server().orderRun(2, host.publish(2, 0));
        assertThat(host.once().state()).isEqualTo(AgentState.HELD);
        host.reboot();
        assertThat(host.once().state()).isEqualTo(AgentState.HELD);
        assertThat(host.kernel().state().level()).isZero();

        host.state().liftHold();
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.kernel().state().level()).isEqualTo(2);
    }

    @Test
    void revertInTheMiddleOfATransitionTurnsItRoundAndGoesOn() throws Exception {
        host.server().orderRun(1, host.publish(1, 0));
        host.once();
        host.kernel().transitionsStall(true);
        host.server().orderRun(2, host.publish(2, 0));
        host.once();
        host.kernel().transitionsStall(false);
        host.state().hold(Hold.Mode.OFF, "now", Instant.EPOCH);

        assertThat(host.offline().state()).isEqualTo(AgentState.HELD);
        assertThat(host.kernel().state().level()).isZero();
    }

    @Test
    void aRevertThatStallsIsReportedAsSuch() throws Exception {
        host.server().orderRun(1, host.publish(1, 0));
        host.once();
        host.kernel().transitionsStall(true);
        host.state().hold(Hold.Mode.OFF, "now", Instant.EPOCH);

        assertThat(host.offline().failure().map(Failure::name)).contains("transition-stalled");
        host.kernel().transitionsStall(false);
        assertThat(host.offline().state()).isEqualTo(AgentState.HELD);
    }

    @Test
    void theKernelArgumentHoldsToo() throws Exception {
        host.commandLine("rebootless=off");
        host.server().orderRun(1, host.publish(1, 0));
        assertThat(host.once().state()).isEqualTo(AgentState.HELD);
        assertThat(host.kernel().log()).isEmpty();

        host.commandLine("rebootless=hodl");
        assertThat(host.once().state()).as("a misspelt word holds").isEqualTo(AgentState.HELD);
        host.commandLine("rebootless=on");
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
    }

    @Test
    void aDownloadThatBreaksOffIsResumed() throws Exception {
        host.server().cutDownloadsAfter(700);
        host.server().orderRun(1, host.publish(1, 0));
        assertThat(host.once().failure().map(Failure::name)).contains("fetch-failed");
        host.server().cutDownloadsAfter(Integer.MAX_VALUE);

        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.server().requests()).anyMatch(request -> request.endsWith(" bytes=700-"));
    }

    @Test
    void aCachedFileThatHasChangedOnDiskIsFetchedAgain() throws Exception {
        var bundle = host.publish(1, 0);
        host.server().orderRun(1, bundle);
        host.once();
        Files.writeString(host.cache().whole(bundle.fileDigest()), "rot");
        host.reboot();
        assertThat(host.offline().state()).isEqualTo(AgentState.FAILED);

        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
    }
}
