package io.rebootless.trust;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static io.rebootless.testing.TestPublishers.mallory;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Sha256;
import io.rebootless.testing.TestBundles;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Files that no change of ours may ever read or write differently: they are what is stored on servers and hosts.
 * {@code openssl-*.rlb} carry a signature made by {@code openssl cms}, with the command of {@code
 * docs/bundle-format.md}.
 */
class GoldenBundlesTest {
    private static final TrustedPublishers BOTH =
            TrustedPublishers.of(List.of(alice().certificate(), bob().certificate()), 1);

    @Test
    void a_bundle_of_one_signer_is_written_today_as_it_was_then() throws IOException {
        assertThat(TestBundles.signed(1, alice())).isEqualTo(golden("one-signer.rlb"));
    }

    @Test
    void a_bundle_of_two_signers_is_written_today_as_it_was_then() throws IOException {
        assertThat(TestBundles.signed(2, alice(), bob())).isEqualTo(golden("two-signers.rlb"));
    }

    @Test
    void golden_bundles_are_read_and_verified() throws Exception {
        var one = BOTH.verify(TestBundles.read(golden("one-signer.rlb")));
        assertThat(one.bundle().identity())
                .isEqualTo(new Sha256("c35d7a4b37dd4563304064521dfca61d6bc18db24d76dfd4356d5ba290b20dd0"));
        assertThat(one.bundle().header().level()).isEqualTo(1);
        assertThat(one.bundle().header().kernel()).isEqualTo(TestBundles.KERNEL);
        assertThat(one.bundle().manifest()).isEqualTo(TestBundles.manifest(1, "CVE-2026-0001"));
        assertThat(BOTH.verify(TestBundles.read(golden("two-signers.rlb"))).signers())
                .hasSize(2);
    }

    @Test
    void a_signature_made_by_openssl_is_byte_for_byte_ours() throws Exception {
        byte[] openssl = golden("openssl-signed.rlb");
        assertThat(openssl).isEqualTo(golden("one-signer.rlb"));
        assertThat(BOTH.verify(TestBundles.read(openssl)).signers()).hasSize(1);
    }

    @Test
    void a_signature_over_sha512_is_accepted_too() throws Exception {
        assertThat(BOTH.verify(TestBundles.read(golden("openssl-sha512.rlb"))).signers())
                .hasSize(1);
    }

    @Test
    void trust_bundles_are_written_today_as_they_were_then() throws IOException {
        var next = List.of(bob().certificate(), mallory().certificate());
        assertThat(TestBundles.trust(1, 1, List.of(bob().certificate()), alice()))
                .isEqualTo(golden("trust-one-signer.rlb"));
        assertThat(TestBundles.trust(2, 2, next, alice(), bob())).isEqualTo(golden("trust-two-signers.rlb"));
    }

    @Test
    void golden_trust_bundles_are_read_and_followed() throws Exception {
        var first = TestBundles.readTrust(golden("trust-one-signer.rlb"));
        var second = TestBundles.readTrust(golden("trust-two-signers.rlb"));
        assertThat(first.identity())
                .isEqualTo(new Sha256("e98d6610075c5fc83b1bbd00a403167fe3789beb45e3689d345ce3852901243f"));
        assertThat(BOTH.signers(second)).hasSize(2);
        var next = TrustInForce.sealed(BOTH).followedBy(first).followedBy(second);
        assertThat(next.level()).isEqualTo(2);
        assertThat(next.publishers().threshold()).isEqualTo(2);
        assertThat(next.publishers().certificates())
                .extracting(PublisherCertificate::subject)
                .containsExactly("bob (test)", "mallory (test)");
    }

    private static byte[] golden(String name) throws IOException {
        try (var in = GoldenBundlesTest.class.getResourceAsStream("/golden/" + name)) {
            return in.readAllBytes();
        }
    }
}
