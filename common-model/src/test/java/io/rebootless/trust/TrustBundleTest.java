package io.rebootless.trust;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static io.rebootless.testing.TestPublishers.mallory;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.EncodedCertificate;
import io.rebootless.bundle.Refusal;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.TrustBundle;
import io.rebootless.testing.TestBundles;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

/** How trust changes: by a bundle that those who are trusted now have signed. */
class TrustBundleTest {
    private static final List<PublisherKey> EVERYBODY = List.of(alice(), bob(), mallory());
    private static final TrustedPublishers ALICE = TrustedPublishers.of(List.of(alice().certificate()), 1);
    private static final TrustedPublishers BOB = TrustedPublishers.of(List.of(bob().certificate()), 1);
    private static final TrustedPublishers BOTH =
            TrustedPublishers.of(List.of(alice().certificate(), bob().certificate()), 2);

    @Test
    void the_present_publisher_hands_over_to_another_who_need_not_sign() throws Exception {
        var next = TrustInForce.sealed(ALICE).followedBy(bundle(1, BOB, alice()));

        assertThat(next.level()).isEqualTo(1);
        assertThat(names(next)).containsExactly("bob (test)");
        assertThat(next.publishers().signers(TestBundles.read(TestBundles.signed(1, bob()))))
                .hasSize(1);
        assertThat(refusal(next, bundle(2, ALICE, alice())))
                .as("who was replaced has no say")
                .isEqualTo("untrusted-signer");
    }

    @Test
    void the_present_threshold_must_have_signed() {
        var inForce = TrustInForce.sealed(BOTH);
        assertThat(refusal(inForce, bundle(1, BOB, alice()))).isEqualTo("not-enough-signers");
        assertThat(refusal(inForce, bundle(1, BOB, alice(), alice()))).isEqualTo("duplicate-signer");
        assertThat(refusal(inForce, bundle(1, BOB, alice(), bob()))).isEqualTo("accepted");
    }

    @Test
    void nobody_names_themselves() {
        var mallorys = TrustedPublishers.of(List.of(mallory().certificate()), 1);
        assertThat(refusal(TrustInForce.sealed(ALICE), bundle(1, mallorys, mallory())))
                .isEqualTo("untrusted-signer");
    }

    @Test
    void what_was_applied_is_not_applied_again_nor_anything_older() {
        var inForce = new TrustInForce(ALICE, 5);
        assertThat(refusal(inForce, bundle(5, ALICE, alice()))).isEqualTo("not-above-trust-level");
        assertThat(refusal(inForce, bundle(4, ALICE, alice()))).isEqualTo("not-above-trust-level");
        assertThat(refusal(inForce, bundle(6, ALICE, alice()))).isEqualTo("accepted");
    }

    @Test
    void signatures_come_before_the_level_and_the_level_before_the_certificates() {
        var inForce = new TrustInForce(ALICE, 5);
        byte[] set = TestBundles.trustSet(1, 1, new byte[] {0x30, 0x00});
        assertThat(refusal(inForce, read(TestBundles.trust(5, set, mallory())))).isEqualTo("untrusted-signer");
        assertThat(refusal(inForce, read(TestBundles.trust(5, set, alice())))).isEqualTo("not-above-trust-level");
        assertThat(refusal(inForce, read(TestBundles.trust(6, set, alice())))).isEqualTo("bad-certificate");
    }

    @Test
    void what_is_not_exactly_one_certificate_in_der_is_named() {
        byte[] good = alice().certificate().der();
        assertThat(certificates(new byte[] {0x00})).isEqualTo("bad-certificate");
        assertThat(certificates(new byte[4096])).isEqualTo("bad-certificate");
        assertThat(certificates(Arrays.copyOf(good, good.length - 1))).isEqualTo("bad-certificate");
        assertThat(certificates(Arrays.copyOf(good, good.length + 1))).isEqualTo("bad-certificate");
        assertThat(certificates(pem())).as("PEM is for people's files").isEqualTo("bad-certificate");
    }

    @Test
    void a_key_that_kernels_do_not_verify_with_or_a_small_one_is_weak() throws Exception {
        var ec = KeyPairGenerator.getInstance("EC");
        ec.initialize(new ECGenParameterSpec("secp256r1"));
        assertThat(certificates(certificate(ec.generateKeyPair(), "SHA256withECDSA", "CN=ec", 1)))
                .isEqualTo("unsupported-key");
        var rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        assertThat(certificates(certificate(rsa.generateKeyPair(), "SHA256withRSA", "CN=small", 1)))
                .isEqualTo("unsupported-key");
    }

    @Test
    void each_certificate_has_a_key_and_a_name_of_its_own() throws Exception {
        byte[] good = alice().certificate().der();
        assertThat(certificates(good, bob().certificate().der(), good)).isEqualTo("duplicate-key");
        var rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(3072);
        byte[] one = certificate(rsa.generateKeyPair(), "SHA256withRSA", "CN=twin", 7);
        byte[] two = certificate(rsa.generateKeyPair(), "SHA256withRSA", "CN=twin", 7);
        byte[] three = certificate(rsa.generateKeyPair(), "SHA256withRSA", "CN=twin", 8);
        assertThat(certificates(one, two)).isEqualTo("duplicate-key");
        assertThat(certificates(one, three)).isEqualTo("accepted");
    }

    @Test
    void a_broken_link_is_named_and_nothing_behind_it_counts() {
        var first = bundle(3, BOB, alice());
        var second = bundle(7, ALICE, mallory());
        var third = bundle(9, ALICE, bob());

        assertThat(TrustChain.replay(ALICE, List.of(third, second, first)))
                .isInstanceOfSatisfying(TrustChain.Broken.class, broken -> {
                    assertThat(broken.at()).isEqualTo(second);
                    assertThat(broken.refusal()).isInstanceOf(Refusal.UntrustedSigner.class);
                });
        assertThat(TrustChain.replay(ALICE, List.of(third, first)))
                .isInstanceOfSatisfying(TrustChain.Whole.class, whole -> {
                    assertThat(whole.inForce().level()).isEqualTo(9);
                    assertThat(names(whole.inForce())).containsExactly("alice (test)");
                });
    }

    @Test
    void without_bundles_the_certificates_are_in_force() {
        assertThat(TrustChain.replay(BOTH, List.of())).isEqualTo(new TrustChain.Whole(new TrustInForce(BOTH, 0)));
    }

    /** Whatever the chain: it ends with the last set, at the highest level, in whatever order the files are found. */
    @Property(tries = 60)
    void a_chain_leads_to_its_last_set(
            @ForAll @Size(min = 1, max = 5) List<@LongRange(min = 1, max = 1000) Long> levels, @ForAll Random random) {
        var sorted = levels.stream().distinct().sorted().toList();
        var chain = new ArrayList<TrustBundle>();
        int present = 0;
        for (long level : sorted) {
            int next = random.nextInt(EVERYBODY.size());
            chain.add(bundle(level, only(next), EVERYBODY.get(present)));
            present = next;
        }
        var last = EVERYBODY.get(present).certificate().subject();
        Collections.shuffle(chain, random);

        assertThat(TrustChain.replay(only(0), chain)).isInstanceOfSatisfying(TrustChain.Whole.class, whole -> {
            assertThat(whole.inForce().level()).isEqualTo(sorted.get(sorted.size() - 1));
            assertThat(names(whole.inForce())).containsExactly(last);
        });
    }

    /** Signed by anyone but the present publisher, a bundle changes nothing. */
    @Property(tries = 40)
    void a_chain_with_one_link_signed_by_another_breaks_there(
            @ForAll @IntRange(max = 2) int present, @ForAll @IntRange(max = 2) int signer) {
        Assume.that(present != signer);
        var bundle = bundle(1, only(signer), EVERYBODY.get(signer));
        assertThat(TrustChain.replay(only(present), List.of(bundle)))
                .isInstanceOfSatisfying(
                        TrustChain.Broken.class,
                        broken -> assertThat(broken.at()).isEqualTo(bundle));
    }

    private static TrustedPublishers only(int index) {
        return TrustedPublishers.of(List.of(EVERYBODY.get(index).certificate()), 1);
    }

    private static TrustBundle bundle(long level, TrustedPublishers next, PublisherKey... signers) {
        return read(TestBundles.trust(level, next.threshold(), next.certificates(), signers));
    }

    private static TrustBundle read(byte[] file) {
        try {
            return TestBundles.readTrust(file);
        } catch (RefusedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> names(TrustInForce inForce) {
        return inForce.publishers().certificates().stream()
                .map(PublisherCertificate::subject)
                .toList();
    }

    private static String refusal(TrustInForce inForce, TrustBundle bundle) {
        try {
            inForce.followedBy(bundle);
            return "accepted";
        } catch (RefusedException e) {
            return e.refusal().name();
        }
    }

    /** The verdict on a signed trust set of these. */
    private static String certificates(byte[]... ders) {
        assertThat(Arrays.stream(ders).map(EncodedCertificate::new)).isNotEmpty();
        byte[] set = TestBundles.trustSet(1, ders.length, ders);
        return refusal(TrustInForce.sealed(ALICE), read(TestBundles.trust(1, set, alice())));
    }

    private static byte[] pem() {
        try (var in = TrustBundleTest.class.getResourceAsStream("/publishers/alice.crt.pem")) {
            return in.readAllBytes();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] certificate(java.security.KeyPair pair, String algorithm, String name, long serial)
            throws Exception {
        return new X509v3CertificateBuilder(
                        new X500Name(name),
                        BigInteger.valueOf(serial),
                        new Date(),
                        new Date(),
                        new X500Name(name),
                        SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()))
                .build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate()))
                .getEncoded();
    }
}
