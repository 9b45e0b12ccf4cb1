package io.rebootless.agent.verification;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.testing.TestHost;
import io.rebootless.bundle.Sha256;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestPublishers;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What whoever verifies must find, wherever the work is done. */
abstract class VerificationContract {
    @TempDir
    private Path directory;

    private Path trust;

    /** One that trusts whom the directory names. */
    abstract Verification by(Path trustDirectory);

    @BeforeEach
    void aliceIsTrusted() throws IOException {
        trust = Files.createDirectory(directory.resolve("trust.d"));
        Files.write(
                trust.resolve("alice.der"), TestPublishers.alice().certificate().der());
    }

    private Path bundle(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("a bundle.rlb"), bytes);
    }

    private Finding verify(byte[] bytes) throws IOException {
        return by(trust).verify(bundle(bytes), TestHost.reference(bytes));
    }

    private static void assertRejected(Finding finding, AgentState state, String name, boolean stale) {
        assertThat(finding).isInstanceOfSatisfying(Finding.Rejected.class, rejected -> {
            assertThat(rejected.state()).isEqualTo(state);
            assertThat(rejected.failure().name()).isEqualTo(name);
            assertThat(rejected.failure().message()).isNotBlank();
            assertThat(rejected.stale()).isEqualTo(stale);
        });
    }

    @Test
    void aTrustedPublishersBundleIsTrustedWithAllThatItsHeaderSays() throws Exception {
        byte[] bytes = TestBundles.signed(7, TestPublishers.alice());

        assertThat(verify(bytes))
                .isEqualTo(new Finding.Trusted(
                        TestBundles.read(bytes).header(),
                        List.of(TestPublishers.alice().certificate().toString())));
    }

    @Test
    void aStrangersIsRefused() throws Exception {
        assertRejected(
                verify(TestBundles.signed(1, TestPublishers.mallory())), AgentState.REFUSED, "untrusted-signer", false);
    }

    @Test
    void oneThatTooFewHaveSignedIsRefused() throws Exception {
        Files.write(trust.resolve("bob.der"), TestPublishers.bob().certificate().der());
        Files.writeString(trust.resolve("threshold"), "2\n");

        assertRejected(
                verify(TestBundles.signed(1, TestPublishers.bob())), AgentState.REFUSED, "not-enough-signers", false);
    }

    @Test
    void aFileThatHasChangedOnDiskIsStale() throws Exception {
        byte[] bytes = TestBundles.signed(1, TestPublishers.alice());
        var promised = TestHost.reference(bytes);
        bytes[bytes.length / 2] ^= 1;

        assertRejected(by(trust).verify(bundle(bytes), promised), AgentState.FAILED, "digest-mismatch", true);
    }

    @Test
    void aPromiseThatTheBundleDoesNotKeepIsRefused() throws Exception {
        byte[] bytes = TestBundles.signed(1, TestPublishers.alice());
        var real = TestHost.reference(bytes);
        var file = bundle(bytes);

        var level = new BundleReference(real.identity(), real.fileDigest(), real.size(), 9, real.publication());
        assertRejected(by(trust).verify(file, level), AgentState.REFUSED, "directive-mismatch", true);
        var identity = new BundleReference(
                Sha256.of(new byte[] {1}), real.fileDigest(), real.size(), real.level(), real.publication());
        assertRejected(by(trust).verify(file, identity), AgentState.REFUSED, "directive-mismatch", true);
    }

    @Test
    void withoutATrustDirectoryNothingIsDecided() throws Exception {
        byte[] bytes = TestBundles.signed(1, TestPublishers.alice());
        Files.writeString(trust.resolve("alice.der"), "rot");

        assertRejected(verify(bytes), AgentState.FAILED, "no-trust", false);
        assertRejected(
                by(directory.resolve("nowhere")).verify(bundle(bytes), TestHost.reference(bytes)),
                AgentState.FAILED,
                "no-trust",
                false);
    }

    @Test
    void whomToTrustIsReadAfreshEachTime() throws Exception {
        var verification = by(trust);
        byte[] bytes = TestBundles.signed(1, TestPublishers.bob());
        assertRejected(
                verification.verify(bundle(bytes), TestHost.reference(bytes)),
                AgentState.REFUSED,
                "untrusted-signer",
                false);
        Files.write(trust.resolve("bob.der"), TestPublishers.bob().certificate().der());

        assertThat(verification.verify(bundle(bytes), TestHost.reference(bytes)))
                .isInstanceOf(Finding.Trusted.class);
    }

    @Test
    void aFileThatCannotBeReadHasFailed() {
        byte[] bytes = TestBundles.signed(1, TestPublishers.alice());

        assertRejected(
                by(trust).verify(directory.resolve("none.rlb"), TestHost.reference(bytes)),
                AgentState.FAILED,
                Finding.FAILED,
                false);
    }
}
