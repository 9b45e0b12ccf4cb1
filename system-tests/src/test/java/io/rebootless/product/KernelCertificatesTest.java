package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.DebianKernel;
import io.rebootless.module.KernelGuest;
import io.rebootless.testing.TestBundles;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Date;
import java.util.Random;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** Which certificates the kernel module takes before it is sealed, and which not. */
@KernelScenarios
class KernelCertificatesTest {
    private static final Random RANDOM = new Random(1);

    @Parameter
    DebianKernel debian;

    private KernelGuest kernel;

    @BeforeParameterizedClassInvocation
    void boot() {
        kernel = KernelGuest.load(ModuleBuild.of(debian).machine().boot());
    }

    @AfterParameterizedClassInvocation
    void off() {
        try {
            kernel.assertHealthy();
        } finally {
            kernel.guest().close();
        }
    }

    @BeforeEach
    void nobody_is_trusted() {
        assertThat(kernel.read("keys")).isEmpty();
    }

    @AfterEach
    void forget() {
        kernel.guest().sh("rmmod rebootless && insmod " + KernelGuest.MODULE);
    }

    @Test
    void sixteen_and_no_more() throws Exception {
        for (int i = 1; i <= 16; i++) {
            assertThat(trust(certificate(i, modulus(3072)))).isEqualTo("ok");
        }
        assertThat(trust(certificate(17, modulus(3072)))).startsWith("ENOSPC too-many-keys:");
        assertThat(kernel.read("keys").lines()).hasSize(16);
    }

    @Test
    void key_sizes_that_kernels_verify_with() throws Exception {
        for (int bits : new int[] {2048, 3071, 3080, 8192}) {
            assertThat(trust(certificate(bits, modulus(bits))))
                    .as(bits + " bits")
                    .startsWith("EKEYREJECTED unsupported-key:");
        }
        assertThat(trust(certificate(3072, modulus(3072)))).isEqualTo("ok");
        assertThat(trust(certificate(4096, modulus(4096)))).isEqualTo("ok");
        assertThat(kernel.read("keys").lines()).hasSize(2);
    }

    @Test
    void one_modulus_or_one_name_is_there_once() throws Exception {
        BigInteger modulus = modulus(3072);
        assertThat(trust(certificate(1, modulus))).isEqualTo("ok");
        assertThat(trust(certificate(2, modulus))).startsWith("EEXIST duplicate-key:");
        assertThat(trust(certificate(2, modulus, 3))).startsWith("EEXIST duplicate-key:");
        assertThat(trust(certificate(1, modulus(3072)))).startsWith("EEXIST duplicate-key:");
        assertThat(kernel.read("keys").lines()).hasSize(1);
    }

    @Test
    void nothing_but_one_whole_certificate() throws Exception {
        byte[] good = certificate(1, modulus(3072));
        assertThat(trust(Arrays.copyOf(good, good.length + 1))).startsWith("EBADMSG bad-certificate:");
        assertThat(trust(Arrays.copyOf(good, good.length - 1))).startsWith("EBADMSG bad-certificate:");
        assertThat(trust(Arrays.copyOf(good, 5000))).startsWith("EBADMSG bad-certificate:");
        assertThat(trust(alice().privateKeyInfo().getEncoded())).startsWith("EBADMSG bad-certificate:");
    }

    @Test
    void thresholds_that_can_be_met() {
        for (String value : new String[] {"0", "17", "-1", "4294967297", "x"}) {
            assertThat(kernel.write("threshold", value)).as(value).startsWith("EINVAL bad-value:");
        }
        assertThat(kernel.read("threshold")).isEqualTo("1");
    }

    /** In one write, as far as the kernel takes one; returns {@code last_error}. */
    private String trust(byte[] certificate) {
        kernel.guest().push(certificate, "/tmp/certificate.der");
        return kernel.guest().sh("""
                dd if=/tmp/certificate.der of=/sys/kernel/rebootless/trust bs=8192 count=1 conv=notrunc 2>/dev/null
                cat /sys/kernel/rebootless/last_error""");
    }

    private static BigInteger modulus(int bits) {
        return new BigInteger(bits, RANDOM).setBit(bits - 1).setBit(0);
    }

    private static byte[] certificate(int serial, BigInteger modulus) throws Exception {
        return certificate(serial, modulus, 65537);
    }

    /** Nobody has its key, and nobody asks who has signed it. */
    private static byte[] certificate(int serial, BigInteger modulus, int exponent) throws Exception {
        var info = new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                new RSAPublicKey(modulus, BigInteger.valueOf(exponent)));
        var key = KeyFactory.getInstance("RSA")
                .generatePrivate(
                        new PKCS8EncodedKeySpec(alice().privateKeyInfo().getEncoded()));
        return new X509v3CertificateBuilder(
                        new X500Name("CN=issuer"),
                        BigInteger.valueOf(serial),
                        Date.from(TestBundles.CREATED),
                        Date.from(TestBundles.CREATED.plusSeconds(3600)),
                        new X500Name("CN=subject"),
                        info)
                .build(new JcaContentSignerBuilder("SHA256withRSA").build(key))
                .getEncoded();
    }
}
