package io.rebootless.agent.trust;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static io.rebootless.testing.TestPublishers.mallory;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.kernel.KernelRefusedException;
import io.rebootless.agent.kernel.LivepatchKernel.Command;
import io.rebootless.agent.testing.SimulatedKernel;
import io.rebootless.bundle.RefusedException;
import io.rebootless.testing.TestBundles;
import io.rebootless.trust.PublisherKey;
import io.rebootless.trust.TrustDirectory;
import io.rebootless.trust.TrustedPublishers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trust changes on the disk and in the kernel, or in neither. */
class TrustUpdateTest {
    @TempDir
    private Path directory;

    private Path trust;
    private SimulatedKernel kernel;

    @BeforeEach
    void aliceIsTrusted() throws IOException {
        trust = Files.createDirectory(directory.resolve("trust.d"));
        Files.write(trust.resolve("alice.der"), alice().certificate().der());
        kernel = new SimulatedKernel(TestBundles.KERNEL, TrustedPublishers.of(List.of(alice().certificate()), 1));
    }

    private long follow(byte[] bundle) throws Exception {
        return new TrustUpdate(trust, kernel).follow(Files.write(directory.resolve("keys.rlb"), bundle));
    }

    private Path place(long level) {
        return trust.resolve(TrustDirectory.fileName(level));
    }

    private static byte[] handsOverTo(PublisherKey next, long level, PublisherKey signer) {
        return TestBundles.trust(level, 1, List.of(next.certificate()), signer);
    }

    private String kernelKey() {
        return kernel.trust().orElseThrow().keys().get(0);
    }

    @Test
    void aBundleIsKeptForTheNextBootAndInForceAtOnce() throws Exception {
        byte[] bundle = handsOverTo(bob(), 5, alice());

        assertThat(follow(bundle)).isEqualTo(5);

        assertThat(place(5)).hasBinaryContent(bundle);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place(5))))
                .isEqualTo("rw-r--r--");
        assertThat(kernelKey()).isEqualTo(bob().certificate().fingerprint().hex());
        assertThat(kernel.trust().orElseThrow().level()).isEqualTo(5);
        assertThatThrownBy(() -> upgrade(TestBundles.signed(1, alice())))
                .isInstanceOf(KernelRefusedException.class)
                .hasMessageContaining("untrusted-signer");
        upgrade(TestBundles.signed(1, bob()));
    }

    @Test
    void livepatchesInForceStay() throws Exception {
        upgrade(TestBundles.signed(1, alice()));
        follow(handsOverTo(bob(), 1, alice()));
        assertThat(kernel.state().level()).isEqualTo(1);
        assertThat(kernel.state().inForce()).isTrue();
    }

    @Test
    void doingItAgainChangesNothing() throws Exception {
        byte[] bundle = handsOverTo(bob(), 1, alice());
        follow(bundle);
        assertThat(follow(bundle)).isEqualTo(1);
        assertThat(kernel.log()).containsExactly("trust");
    }

    @Test
    void aChainIsFollowedLinkByLink() throws Exception {
        follow(handsOverTo(bob(), 1, alice()));
        assertThat(follow(handsOverTo(mallory(), 2, bob()))).isEqualTo(2);
        assertThat(place(1)).exists();
        assertRefused(handsOverTo(alice(), 3, bob()), "untrusted-signer");
        assertRefused(handsOverTo(alice(), 2, mallory()), "not-above-trust-level");
    }

    @Test
    void whatThisHostsPublishersDoNotVouchForReachesNeitherDiskNorKernel() throws IOException {
        assertRefused(handsOverTo(mallory(), 1, mallory()), "untrusted-signer");
        assertRefused(TestBundles.signed(1, alice()), "wrong-kind");
        assertThat(kernel.log()).isEmpty();
        assertThat(trust).isDirectoryNotContaining("glob:**.rlb");
    }

    @Test
    void whatTheKernelRefusesIsNotKept() {
        kernel.failNext("ENOMEM no-memory: out of memory");
        assertThatThrownBy(() -> follow(handsOverTo(bob(), 1, alice())))
                .isInstanceOf(KernelRefusedException.class)
                .hasMessageContaining("out of memory");
        assertThat(place(1)).doesNotExist();

        kernel.verifyByKeyring();
        assertThatThrownBy(() -> follow(handsOverTo(bob(), 1, alice()))).hasMessageContaining("secondary_trusted_keys");
        assertThat(place(1)).doesNotExist();
    }

    @Test
    void whereTheKernelIsNotReadyNothingIsChanged() {
        kernel.unseal();
        assertThatThrownBy(() -> follow(handsOverTo(bob(), 1, alice())))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("not sealed", "nothing has been changed", "rebootless-trust");
        kernel.unloadModule();
        assertThatThrownBy(() -> follow(handsOverTo(bob(), 1, alice()))).hasMessageContaining("not loaded");
        assertThat(place(1)).doesNotExist();
    }

    @Test
    void aKernelThatLagsBehindTheDiskIsBroughtUpToIt() throws Exception {
        byte[] first = handsOverTo(bob(), 1, alice());
        byte[] second = handsOverTo(mallory(), 2, bob());
        follow(first);
        follow(second);
        kernel.reboot();
        assertThat(kernel.trust().orElseThrow().level()).isZero();

        assertThat(follow(second)).isEqualTo(2);

        assertThat(kernelKey()).isEqualTo(mallory().certificate().fingerprint().hex());
        assertThat(kernel.log()).containsExactly("trust", "trust", "trust", "trust");
    }

    @Test
    void whatWasKeptBeforeIsStillThereWhenTheKernelRefuses() throws Exception {
        byte[] bundle = handsOverTo(bob(), 1, alice());
        Files.write(place(1), bundle);
        kernel.failNext("EBUSY busy: another command is carried out");
        assertThatThrownBy(() -> follow(bundle)).isInstanceOf(KernelRefusedException.class);
        assertThat(place(1)).exists();
    }

    private void upgrade(byte[] bundle) throws Exception {
        kernel.stage(new ByteArrayInputStream(bundle));
        kernel.apply(Command.UPGRADE);
    }

    private void assertRefused(byte[] bundle, String name) {
        assertThatThrownBy(() -> follow(bundle))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.refusal().name()).isEqualTo(name));
    }
}
