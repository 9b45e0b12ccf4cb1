package io.rebootless.trust;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.DetachedSignature;
import io.rebootless.bundle.RefusedException;
import io.rebootless.testing.TestBundles;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInfoGenerator;
import org.bouncycastle.cms.SignerInfoGeneratorBuilder;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.bc.BcDigestCalculatorProvider;
import org.bouncycastle.operator.bc.BcRSAContentSignerBuilder;
import org.bouncycastle.util.CollectionStore;
import org.junit.jupiter.api.Test;

/** Signatures made by a foreign tool, here BouncyCastle's own CMS generator: ways to miss the one profile. */
class CmsProfileTest {
    private static final byte[] FILE = TestBundles.signed(1, alice());

    @Test
    void digest_parameters_that_say_null_are_a_second_encoding_and_refused() throws Exception {
        assertThat(verdict(foreign("SHA256withRSA", true, false, false))).isEqualTo("signature-profile");
    }

    @Test
    void the_same_structure_in_the_one_encoding_is_accepted() throws Exception {
        assertThat(verdict(TestBundles.read(FILE).signatures().get(0).der())).isEqualTo("accepted");
    }

    @Test
    void signed_attributes_are_refused() throws Exception {
        assertThat(verdict(foreign("SHA256withRSA", false, false, false))).isEqualTo("signature-profile");
    }

    @Test
    void an_embedded_certificate_is_refused() throws Exception {
        assertThat(verdict(foreign("SHA256withRSA", true, true, false))).isEqualTo("signature-profile");
    }

    @Test
    void embedded_content_is_refused() throws Exception {
        assertThat(verdict(foreign("SHA256withRSA", true, false, true))).isEqualTo("signature-profile");
    }

    @Test
    void another_digest_is_refused() throws Exception {
        assertThat(verdict(foreign("SHA384withRSA", true, false, false))).isEqualTo("signature-profile");
        assertThat(verdict(foreign("SHA1withRSA", true, false, false))).isEqualTo("signature-profile");
    }

    @Test
    void bytes_behind_the_structure_are_refused() throws Exception {
        byte[] der = foreign("SHA256withRSA", true, false, false);
        assertThat(verdict(Arrays.copyOf(der, der.length + 1))).isEqualTo("signature-profile");
    }

    @Test
    void what_is_no_cms_at_all_is_refused() {
        assertThat(verdict(new byte[] {0x30, 0x00})).isEqualTo("signature-profile");
        assertThat(verdict(new byte[4096])).isEqualTo("signature-profile");
    }

    private static byte[] foreign(String algorithm, boolean direct, boolean certificate, boolean content)
            throws Exception {
        var key = alice();
        var signature = new DefaultSignatureAlgorithmIdentifierFinder().find(algorithm);
        var digest = new DefaultDigestAlgorithmIdentifierFinder().find(signature);
        SignerInfoGenerator signer = new SignerInfoGeneratorBuilder(new BcDigestCalculatorProvider())
                .setDirectSignature(direct)
                .build(
                        new BcRSAContentSignerBuilder(signature, digest)
                                .build(PrivateKeyFactory.createKey(key.privateKeyInfo())),
                        key.certificate().holder());
        var generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(signer);
        if (certificate) {
            generator.addCertificates(
                    new CollectionStore<>(List.of(key.certificate().holder())));
        }
        var bundle = TestBundles.read(FILE);
        byte[] signed = Arrays.copyOf(FILE, (int) bundle.header().signedBytes());
        return generator
                .generate(new CMSProcessableByteArray(signed), content)
                .toASN1Structure()
                .getEncoded(ASN1Encoding.DER);
    }

    private static String verdict(byte[] der) {
        try {
            var bundle = TestBundles.read(FILE);
            TrustedPublishers.of(List.of(alice().certificate()), 1)
                    .verify(new Bundle(
                            bundle.header(),
                            bundle.manifest(),
                            bundle.manifestJson(),
                            bundle.identity(),
                            bundle.sha512(),
                            bundle.fileDigest(),
                            bundle.fileSize(),
                            List.of(new DetachedSignature(der))));
            return "accepted";
        } catch (RefusedException e) {
            return e.refusal().name();
        }
    }
}
