package io.rebootless.trust;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.RefusedException;
import io.rebootless.testing.CmsForge;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestImages;
import io.rebootless.testing.TrustAttacks;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.junit.jupiter.api.Test;

/** The attacks that the kernel's tests use too: each is what it claims to be, and refused. */
class TrustAttacksTest {
    private static final TrustAttacks ATTACKS =
            new TrustAttacks(TestBundles.KERNEL, "fix", 1, TestImages.livepatch("fix", TestBundles.KERNEL.release()));
    private static final PublisherKey MINTED = TrustAttacks.minted(alice());

    @Test
    void the_forge_makes_our_own_signature_when_nothing_is_asked_for() throws Exception {
        byte[] file = ATTACKS.bundle(CmsForge.by(alice()));
        assertThat(verdict(file)).isEqualTo("accepted");
        var bundle = TestBundles.read(file);
        assertThat(bundle.signatures()).containsExactly(alice().sign(bundle, new java.security.SecureRandom()));
    }

    @Test
    void a_minted_certificate_is_really_signed_by_its_issuer() throws Exception {
        var certificate = new X509CertificateHolder(MINTED.certificate().der());
        var issuer = new X509CertificateHolder(alice().certificate().der());
        assertThat(certificate.getIssuer()).isEqualTo(issuer.getSubject());
        assertThat(certificate.isSignatureValid(new JcaContentVerifierProviderBuilder().build(issuer)))
                .isTrue();
        var signers = TrustedPublishers.of(List.of(MINTED.certificate()), 1)
                .signers(TestBundles.read(ATTACKS.byMintedKey(MINTED)));
        assertThat(signers).hasSize(1);
    }

    @Test
    void a_minted_key_is_a_stranger_with_or_without_its_chain() {
        assertThat(verdict(ATTACKS.byMintedKey(MINTED))).isEqualTo("untrusted-signer");
        assertThat(verdict(ATTACKS.byMintedKeyWithChain(MINTED, alice()))).isEqualTo("signature-profile");
    }

    @Test
    void more_than_the_one_profile_is_refused() {
        assertThat(verdict(ATTACKS.withEmbeddedCertificates(alice(), alice().certificate())))
                .isEqualTo("signature-profile");
        assertThat(verdict(ATTACKS.withSeveralSignerInfos(alice(), bob()))).isEqualTo("signature-profile");
        assertThat(verdict(ATTACKS.withSignedAttributes(alice()))).isEqualTo("signature-profile");
        assertThat(verdict(ATTACKS.withCapabilities(alice()))).isEqualTo("signature-profile");
        assertThat(verdict(ATTACKS.signedTwice(alice()))).isEqualTo("duplicate-signer");
    }

    @Test
    void a_name_is_issuer_and_serial_number_and_not_their_bytes_in_a_row() throws Exception {
        var carol = TrustAttacks.ofAnOrganisation();
        for (PublisherKey signer : List.of(alice(), carol)) {
            var trusted = TrustedPublishers.of(List.of(signer.certificate(), bob().certificate()), 1);
            var bundle = TestBundles.read(ATTACKS.withNameMovedIntoSerial(signer, bob()));
            assertThat(trusted.signers(bundle))
                    .extracting(PublisherCertificate::fingerprint)
                    .containsExactly(bob().certificate().fingerprint());
        }
    }

    private static String verdict(byte[] file) {
        try {
            TrustedPublishers.of(List.of(alice().certificate(), bob().certificate()), 1)
                    .verify(TestBundles.read(file));
            return "accepted";
        } catch (RefusedException e) {
            return e.refusal().name();
        }
    }
}
