package io.rebootless.product;

import static io.rebootless.product.SampleFixes.showsFix1;
import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static io.rebootless.testing.TestPublishers.mallory;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.DebianKernel;
import io.rebootless.testing.TrustAttacks;
import io.rebootless.trust.PublisherKey;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** What the kernel's own PKCS#7 code would take for a publisher's word, where two of alice, bob and carol must sign. */
@KernelScenarios
class KernelSignatureAttacksTest {
    @Parameter
    DebianKernel debian;

    private final PublisherKey carol = TrustAttacks.ofAnOrganisation();
    private SealedGuest host;
    private TrustAttacks attacks;

    @BeforeParameterizedClassInvocation
    void boot() throws IOException {
        host = SealedGuest.boot(debian, 2, alice().certificate(), bob().certificate(), carol.certificate());
        attacks = new TrustAttacks(
                host.kernel().build(),
                "rebootless_sample_1",
                1,
                Files.readAllBytes(host.module().sample(1)));
    }

    @AfterParameterizedClassInvocation
    void off() {
        host.close();
    }

    @Test
    void one_key_that_signs_twice_is_not_two() {
        refuses(attacks.signedTwice(alice()), "ENOTUNIQ duplicate-signer:");
    }

    @Test
    void a_key_minted_under_a_trusted_certificate_is_a_stranger() {
        refuses(attacks.byMintedKey(TrustAttacks.minted(alice())), "ENOKEY untrusted-signer:");
    }

    @Test
    void its_embedded_chain_does_not_help_it() {
        refuses(attacks.byMintedKeyWithChain(TrustAttacks.minted(alice()), alice()), "EBADMSG signature-profile:");
    }

    @Test
    void embedded_certificates_are_refused_even_with_a_proper_signature() {
        refuses(attacks.withEmbeddedCertificates(alice(), alice().certificate()), "EBADMSG signature-profile:");
    }

    @Test
    void several_signers_in_one_message_do_not_count_at_all() {
        refuses(attacks.withSeveralSignerInfos(alice(), bob()), "EBADMSG signature-profile:");
        refuses(attacks.withSeveralSignerInfos(mallory(), alice()), "EBADMSG signature-profile:");
    }

    @Test
    void signed_attributes_are_refused() {
        refuses(attacks.withSignedAttributes(alice()), "EBADMSG signature-profile:");
        refuses(attacks.withCapabilities(alice()), "EBADMSG signature-profile:");
    }

    @Test
    void a_signature_belongs_to_the_issuer_and_serial_number_that_it_names() {
        for (PublisherKey signer : List.of(carol, alice())) {
            refuses(attacks.withNameMovedIntoSerial(signer, bob()), "ENOKEY not-enough-signers:");
        }
    }

    @Test
    void two_are_enough_and_one_is_not() {
        refuses(host.samples().level(1, alice()), "ENOKEY not-enough-signers:");
        refuses(host.samples().level(1, alice(), mallory()), "ENOKEY not-enough-signers:");
        assertThat(host.kernel().upgrade(host.samples().level(1, bob(), alice(), mallory())))
                .isEqualTo("ok");
        host.kernel().awaitTransition();
        host.kernel().revert();
    }

    private void refuses(byte[] bundle, String verdict) {
        assertThat(host.kernel().upgrade(bundle)).startsWith(verdict);
        assertThat(host.kernel().read("level")).isEqualTo("0");
        assertThat(showsFix1(host.kernel())).isFalse();
    }
}
