package io.rebootless.trust;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static io.rebootless.testing.TestPublishers.mallory;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.testing.TestBundles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /etc/rebootless/trust.d}: the whole statement of whom a host trusts. */
class TrustDirectoryTest {
    @TempDir
    Path trust;

    @BeforeEach
    void alice_is_trusted() throws IOException {
        Files.write(trust.resolve("alice.der"), alice().certificate().der());
    }

    @Test
    void certificates_alone_are_in_force_with_a_threshold_of_one() throws IOException {
        var directory = TrustDirectory.load(trust);
        assertThat(directory.inForce().level()).isZero();
        assertThat(directory.inForce().publishers().threshold()).isEqualTo(1);
        assertThat(directory.chain()).isEmpty();
    }

    @Test
    void the_threshold_is_a_file_beside_them() throws IOException {
        Files.write(trust.resolve("bob.der"), bob().certificate().der());
        Files.writeString(trust.resolve("threshold"), "2\n");
        assertThat(TrustDirectory.load(trust).inForce().publishers().threshold())
                .isEqualTo(2);
        Files.writeString(trust.resolve("threshold"), "3");
        assertThatThrownBy(() -> TrustDirectory.load(trust))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("threshold of 3 signers needs 1 to 2");
        Files.writeString(trust.resolve("threshold"), "two");
        assertThatThrownBy(() -> TrustDirectory.load(trust))
                .hasMessageContaining("threshold: expected how many publishers must sign, 1 to 16, found \"two\"");
    }

    @Test
    void trust_bundles_are_replayed_in_the_order_of_their_levels() throws IOException {
        put(10, TestBundles.trust(10, 1, List.of(mallory().certificate()), bob()));
        put(9, TestBundles.trust(9, 1, List.of(bob().certificate()), alice()));

        var directory = TrustDirectory.load(trust);

        assertThat(directory.inForce().level()).isEqualTo(10);
        assertThat(directory.inForce().publishers().certificates())
                .extracting(PublisherCertificate::subject)
                .containsExactly("mallory (test)");
        assertThat(directory.chain())
                .extracting(bundle -> bundle.header().level())
                .containsExactly(9L, 10L);
        assertThat(directory.file(10))
                .hasFileName("trust-00000000000000000010.rlb")
                .exists();
        assertThat(TrustDirectory.fileName(Long.MAX_VALUE)).isEqualTo("trust-09223372036854775807.rlb");
    }

    @Test
    void a_broken_chain_is_an_error_that_names_the_file() throws IOException {
        put(2, TestBundles.trust(2, 1, List.of(bob().certificate()), mallory()));
        assertThatThrownBy(() -> TrustDirectory.load(trust))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("trust-00000000000000000002.rlb", "untrusted-signer", "starts from");
    }

    @Test
    void a_bundle_under_another_name_or_of_another_kind_is_an_error_not_ignored() throws IOException {
        byte[] good = TestBundles.trust(2, 1, List.of(bob().certificate()), alice());
        Files.write(trust.resolve("new-keys.rlb"), good);
        assertThatThrownBy(() -> TrustDirectory.load(trust))
                .hasMessageContaining("must be named trust-00000000000000000002.rlb");
        Files.delete(trust.resolve("new-keys.rlb"));
        put(3, good);
        assertThatThrownBy(() -> TrustDirectory.load(trust)).hasMessageContaining("a trust bundle of level 2");
        put(3, TestBundles.signed(3, alice()));
        assertThatThrownBy(() -> TrustDirectory.load(trust)).hasMessageContaining("wrong-kind");
    }

    private void put(long level, byte[] bundle) throws IOException {
        Files.write(trust.resolve(TrustDirectory.fileName(level)), bundle);
    }
}
