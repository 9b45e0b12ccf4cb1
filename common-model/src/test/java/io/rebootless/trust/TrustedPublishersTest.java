package io.rebootless.trust;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static io.rebootless.testing.TestPublishers.mallory;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.bundle.RefusedException;
import io.rebootless.testing.TestBundles;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.bc.BcRSAContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has signed: the rules of {@code docs/bundle-format.md}, "threshold over distinct keys". */
class TrustedPublishersTest {
    @Test
    void one_trusted_signature_is_enough_where_one_is_needed() {
        assertThat(verdict(1, TestBundles.signed(1, alice()))).isEqualTo("[alice (test)]");
    }

    @Test
    void two_signatures_of_distinct_trusted_keys_are_enough_where_two_are_needed() {
        assertThat(verdict(2, TestBundles.signed(1, bob(), alice()))).isEqualTo("[bob (test), alice (test)]");
    }

    @Test
    void a_stranger_signature_is_not_trusted() {
        assertThat(verdict(1, TestBundles.signed(1, mallory()))).isEqualTo("untrusted-signer");
    }

    @Test
    void a_stranger_signature_beside_a_trusted_one_neither_counts_nor_harms() {
        assertThat(verdict(1, TestBundles.signed(1, mallory(), alice()))).isEqualTo("[alice (test)]");
        assertThat(verdict(2, TestBundles.signed(1, mallory(), alice()))).isEqualTo("not-enough-signers");
    }

    @Test
    void one_key_signing_twice_is_refused_whatever_the_threshold() {
        assertThat(verdict(2, TestBundles.signed(1, alice(), alice()))).isEqualTo("duplicate-signer");
        assertThat(verdict(1, TestBundles.signed(1, alice(), alice()))).isEqualTo("duplicate-signer");
    }

    @Test
    void one_signature_is_not_enough_where_two_are_needed() {
        assertThat(verdict(2, TestBundles.signed(1, alice()))).isEqualTo("not-enough-signers");
    }

    @Test
    void a_signature_of_another_bundle_does_not_verify() {
        byte[] one = TestBundles.signed(1, alice());
        byte[] two = TestBundles.signed(2, alice());
        System.arraycopy(two, two.length - 384, one, one.length - 384, 384);
        assertThat(verdict(1, one)).isEqualTo("signature-invalid");
    }

    @Test
    void one_key_in_two_certificates_does_not_make_two_publishers() throws Exception {
        var second = certificate(alice(), "CN=alice again");
        assertThatThrownBy(() -> TrustedPublishers.of(List.of(alice().certificate(), second), 2))
                .hasMessageContaining("two publisher certificates hold one key");
    }

    @Test
    void nor_does_one_modulus_with_two_exponents() throws Exception {
        var info = new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                new RSAPublicKey(alice().certificate().key().getModulus(), BigInteger.valueOf(3)));
        var second = certificate(alice(), "CN=alice again", info);
        assertThatThrownBy(() -> TrustedPublishers.of(List.of(alice().certificate(), second), 2))
                .hasMessageContaining("two publisher certificates hold one key");
    }

    @Test
    void a_threshold_that_can_never_be_met_or_is_none_is_refused() {
        var certificates = List.of(alice().certificate());
        assertThatThrownBy(() -> TrustedPublishers.of(certificates, 2)).hasMessageContaining("threshold of 2");
        assertThatThrownBy(() -> TrustedPublishers.of(certificates, 0)).hasMessageContaining("threshold of 0");
        assertThatThrownBy(() -> TrustedPublishers.of(List.of(), 1)).hasMessageContaining("threshold of 1");
    }

    @Test
    void an_issuer_that_differs_only_in_case_is_another_signer() throws Exception {
        byte[] file = TestBundles.signed(1, alice());
        int name = new String(file, java.nio.charset.StandardCharsets.ISO_8859_1).lastIndexOf("alice (test)");
        file[name] = 'A';
        assertThat(verdict(1, file)).isEqualTo("untrusted-signer");
    }

    @Test
    void certificates_are_read_from_a_directory_and_a_bad_file_there_is_named(@TempDir Path directory)
            throws Exception {
        assertThatThrownBy(() -> TrustedPublishers.load(directory, 1)).hasMessageContaining("no publisher certificate");
        Files.write(directory.resolve("alice.der"), alice().certificate().der());
        Files.writeString(directory.resolve("README"), "not a certificate, not looked at");
        assertThat(TrustedPublishers.load(directory, 1).certificates())
                .extracting(PublisherCertificate::subject)
                .containsExactly("alice (test)");
        Files.writeString(directory.resolve("broken.pem"), "nonsense");
        assertThatThrownBy(() -> TrustedPublishers.load(directory, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken.pem: not an X.509 certificate");
    }

    private static PublisherCertificate certificate(PublisherKey key, String name) throws Exception {
        return certificate(key, name, key.certificate().holder().getSubjectPublicKeyInfo());
    }

    private static PublisherCertificate certificate(PublisherKey key, String name, SubjectPublicKeyInfo info)
            throws Exception {
        var algorithm = new DefaultSignatureAlgorithmIdentifierFinder().find("SHA256withRSA");
        return PublisherCertificate.of(new X509v3CertificateBuilder(
                        new X500Name(name), BigInteger.TWO, new Date(), new Date(), new X500Name(name), info)
                .build(new BcRSAContentSignerBuilder(algorithm, CmsSignature.Hash.SHA256.algorithm())
                        .build(PrivateKeyFactory.createKey(key.privateKeyInfo()))));
    }

    private static String verdict(int threshold, byte[] file) {
        var trusted = TrustedPublishers.of(List.of(alice().certificate(), bob().certificate()), threshold);
        try {
            return trusted.verify(TestBundles.read(file)).signers().stream()
                    .map(PublisherCertificate::subject)
                    .toList()
                    .toString();
        } catch (RefusedException e) {
            return e.refusal().name();
        }
    }
}
