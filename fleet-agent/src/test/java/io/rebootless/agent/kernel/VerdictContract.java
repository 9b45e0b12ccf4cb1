package io.rebootless.agent.kernel;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static io.rebootless.testing.TestPublishers.mallory;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.kernel.LivepatchKernel.Command;
import io.rebootless.bundle.BundleHeader;
import io.rebootless.bundle.ManifestCodec;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestImages;
import io.rebootless.trust.PublisherKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * What comes of handing over, whoever judges: the verdicts of {@code kernel-module/ABI} by their names. Held to by the
 * agent without the module, and by the module's double with which the rest of the agent is tested. The module itself is
 * tested in guests.
 */
abstract class VerdictContract {
    /** One for {@link TestBundles#KERNEL} that trusts alice. */
    abstract LivepatchKernel kernel() throws IOException;

    /** What was turned off is off for every task. */
    abstract void finishTransitions() throws IOException;

    final void stage(byte[] bundle) throws Exception {
        kernel().stage(new ByteArrayInputStream(bundle));
    }

    final void apply(Command command, byte[] bundle) throws Exception {
        stage(bundle);
        kernel().apply(command);
    }

    final void upgrade(byte[] bundle) throws Exception {
        apply(Command.UPGRADE, bundle);
    }

    static void refused(String name, ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        KernelRefusedException.class,
                        e -> assertThat(e.failure().name()).as(e.getMessage()).isEqualTo(name));
    }

    static byte[] level(long level, long floor, PublisherKey... signers) {
        return TestBundles.signed(
                TestBundles.KERNEL, level, floor, TestBundles.manifest(level, "CVE-2026-0001"), signers);
    }

    static byte[] notDowngradeSafe(long level) {
        byte[] manifest = ManifestCodec.encode(TestBundles.manifest(level, "CVE-2026-0001"));
        byte[] image = TestImages.livepatch("fix_" + level, TestBundles.KERNEL.release());
        var header =
                new BundleHeader(false, level, 0, manifest.length, image.length, TestBundles.KERNEL, "fix_" + level);
        return TestBundles.signed(header, manifest, image, alice());
    }

    @Test
    void aTrustedBundleIsInForceAndTheNextLevelTakesItsPlace() throws Exception {
        assertThat(kernel().state().level()).isZero();
        upgrade(TestBundles.signed(1, alice()));
        assertThat(kernel().state().patch()).isEqualTo("fix_1");
        assertThat(kernel().state().inForce()).isTrue();
        upgrade(TestBundles.signed(7, alice()));
        finishTransitions();

        assertThat(kernel().state().level()).isEqualTo(7);
        assertThat(kernel().state().inForce()).isTrue();
        assertThat(kernel().livepatches()).containsExactly("fix_7");
    }

    @Test
    void theSameLevelOrOneBelowIsNoUpgrade() throws Exception {
        upgrade(TestBundles.signed(2, alice()));

        refused("not-above-level", () -> upgrade(TestBundles.signed(2, alice())));
        refused("not-above-level", () -> upgrade(TestBundles.signed(1, alice())));
        assertThat(kernel().state().level()).isEqualTo(2);
    }

    @Test
    void aDowngradeIsBelowWhatIsInForceAndOnlyFromWhatIsSafeToLeave() throws Exception {
        refused("not-below-level", () -> apply(Command.DOWNGRADE, TestBundles.signed(1, alice())));
        upgrade(TestBundles.signed(2, alice()));
        refused("not-below-level", () -> apply(Command.DOWNGRADE, TestBundles.signed(2, alice())));
        apply(Command.DOWNGRADE, TestBundles.signed(1, alice()));
        finishTransitions();
        assertThat(kernel().state().level()).isEqualTo(1);

        upgrade(notDowngradeSafe(3));
        finishTransitions();
        refused("downgrade-unsafe", () -> apply(Command.DOWNGRADE, TestBundles.signed(1, alice())));
        assertThat(kernel().state().level()).isEqualTo(3);
    }

    @Test
    void levelsBelowTheFloorAreRevokedAndABundleBringsItsFloor() throws Exception {
        kernel().raiseFloor(3);
        refused("below-floor", () -> upgrade(TestBundles.signed(2, alice())));
        upgrade(level(5, 4, alice()));
        assertThat(kernel().state().floor()).isEqualTo(4);
        refused("below-floor", () -> apply(Command.DOWNGRADE, TestBundles.signed(3, alice())));
        refused("floor-lowered", () -> kernel().raiseFloor(3));
        kernel().raiseFloor(4);
        assertThat(kernel().state().floor()).isEqualTo(4);
    }

    @Test
    void aBundleThatWasRefusedBringsNoFloor() throws Exception {
        refused("untrusted-signer", () -> upgrade(level(5, 4, mallory())));
        assertThat(kernel().state().floor()).isZero();
    }

    @Test
    void whatNobodyTrustedHasSignedIsRefused() {
        refused("untrusted-signer", () -> upgrade(TestBundles.signed(1, mallory())));
        refused("duplicate-signer", () -> upgrade(TestBundles.signed(1, alice(), alice())));
    }

    @Test
    void whatWasAlteredIsRefused() throws Exception {
        byte[] bundle = TestBundles.signed(1, alice());
        byte[] cut = Arrays.copyOf(bundle, bundle.length - 1);
        byte[] longer = Arrays.copyOf(bundle, bundle.length + 1);
        byte[] altered = bundle.clone();
        altered[(int) TestBundles.read(bundle).imageOffset() + 70] ^= 1;
        byte[] strange = bundle.clone();
        strange[0] ^= 1;

        refused("truncated", () -> upgrade(cut));
        refused("trailing-bytes", () -> upgrade(longer));
        refused("signature-invalid", () -> upgrade(altered));
        refused("bad-magic", () -> upgrade(strange));
        assertThat(kernel().livepatches()).isEmpty();
    }

    @Test
    void anotherBuildsBundleIsRefusedThoughTheReleaseIsTheSame() {
        var other = new KernelBuild(
                TestBundles.KERNEL.release(),
                TestBundles.KERNEL.version(),
                TestBundles.KERNEL.machine(),
                new BuildId("ff112233445566778899aabbccddeeff00112233"));
        refused(
                "wrong-kernel",
                () -> upgrade(TestBundles.signed(other, 1, 0, TestBundles.manifest(1, "CVE-2026-0001"), alice())));
    }

    @Test
    void aBundleOfTheOtherKindIsRefused() {
        refused("wrong-kind", () -> upgrade(TestBundles.trust(1, 1, List.of(bob().certificate()), alice())));
        refused("wrong-kind", () -> apply(Command.TRUST, TestBundles.signed(1, alice())));
    }

    @Test
    void whatWasStagedIsUsedUpWhateverTheVerdict() throws Exception {
        refused("nothing-staged", () -> kernel().apply(Command.UPGRADE));
        refused("nothing-staged", () -> kernel().apply(Command.TRUST));
        refused("untrusted-signer", () -> upgrade(TestBundles.signed(1, mallory())));
        refused("nothing-staged", () -> kernel().apply(Command.UPGRADE));
        upgrade(TestBundles.signed(1, alice()));
        refused("nothing-staged", () -> kernel().apply(Command.DOWNGRADE));
        stage(TestBundles.signed(2, alice()));
        kernel().apply(Command.DISCARD);
        refused("nothing-staged", () -> kernel().apply(Command.UPGRADE));
    }

    @Test
    void stagingStartsAgain() throws Exception {
        stage(TestBundles.signed(9, alice()));
        upgrade(TestBundles.signed(1, alice()));

        assertThat(kernel().state().level()).isEqualTo(1);
    }

    @Test
    void whatWasTurnedOffComesBackOnlyByBeingLoadedAgain() throws Exception {
        upgrade(TestBundles.signed(1, alice()));
        kernel().disable("fix_1");
        finishTransitions();
        assertThat(kernel().state().level()).isZero();
        assertThat(kernel().livepatches()).isEmpty();

        kernel().apply(Command.CLEAR);
        assertThatCode(() -> kernel().apply(Command.CLEAR)).doesNotThrowAnyException();
        upgrade(TestBundles.signed(1, alice()));
        assertThat(kernel().state().inForce()).isTrue();
    }

    @Test
    void whatIsOffAndStillLoadedIsNotInTheWay() throws Exception {
        upgrade(TestBundles.signed(1, alice()));
        kernel().disable("fix_1");
        finishTransitions();

        upgrade(TestBundles.signed(1, alice()));

        assertThat(kernel().state().level()).isEqualTo(1);
    }

    @Test
    void aTrustBundleOfThePresentPublishersChangesWhomToTrust() throws Exception {
        byte[] toBob = TestBundles.trust(2, 1, List.of(bob().certificate()), alice());
        refused(
                "untrusted-signer",
                () -> apply(Command.TRUST, TestBundles.trust(2, 1, List.of(bob().certificate()), mallory())));
        apply(Command.TRUST, toBob);
        assertThat(kernel().trust().orElseThrow().level()).isEqualTo(2);
        assertThat(kernel().trust().orElseThrow().keys())
                .containsExactly(bob().certificate().fingerprint().hex());

        refused("untrusted-signer", () -> upgrade(TestBundles.signed(1, alice())));
        refused(
                "not-above-trust-level",
                () -> apply(Command.TRUST, TestBundles.trust(2, 1, List.of(alice().certificate()), bob())));
        upgrade(TestBundles.signed(1, bob()));
        assertThat(kernel().state().level()).isEqualTo(1);
    }
}
