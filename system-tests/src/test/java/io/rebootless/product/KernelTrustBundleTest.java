package io.rebootless.product;

import static io.rebootless.product.SampleFixes.showsFix1;
import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static io.rebootless.testing.TestPublishers.mallory;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.DebianKernel;
import io.rebootless.module.KernelGuest;
import io.rebootless.testing.TestBundles;
import io.rebootless.trust.PublisherCertificate;
import io.rebootless.trust.PublisherKey;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/**
 * Whom the kernel trusts, changed by trust bundles: one boot from beginning to end. Each test starts from the trust that
 * the one before it has left.
 */
@KernelScenarios
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KernelTrustBundleTest {
    @Parameter
    DebianKernel debian;

    private SealedGuest host;
    private KernelGuest kernel;
    private UUID boot;

    @BeforeParameterizedClassInvocation
    void boot() {
        host = SealedGuest.boot(debian);
        kernel = host.kernel();
        boot = host.guest().bootId();
    }

    @AfterParameterizedClassInvocation
    void off() {
        host.close();
    }

    @BeforeEach
    void nothing_in_force() {
        kernel.revert();
    }

    @Test
    @Order(1)
    void trust_as_sealed_is_level_0() {
        trusts(0, 1, alice());
    }

    @Test
    @Order(2)
    void a_trust_bundle_that_nobody_trusted_has_signed_changes_nothing() {
        assertThat(change(TestBundles.trust(1, 1, certificates(mallory()), mallory())))
                .startsWith("ENOKEY untrusted-signer:");
        trusts(0, 1, alice());
    }

    @Test
    @Order(3)
    void the_words_of_one_kind_do_not_take_the_other() {
        byte[] trust = TestBundles.trust(1, 1, certificates(alice(), bob()), alice());
        assertThat(kernel.apply(trust, "upgrade")).startsWith("EINVAL wrong-kind:");
        assertThat(kernel.apply(trust, "downgrade")).startsWith("EINVAL wrong-kind:");
        assertThat(change(host.samples().level(1, alice()))).startsWith("EINVAL wrong-kind:");
        trusts(0, 1, alice());
    }

    @Test
    @Order(4)
    void a_trust_set_that_is_none_changes_nothing() {
        byte[] der = alice().certificate().der();
        for (byte[] set : List.of(
                new byte[] {1, 0, 0},
                TestBundles.trustSet(1, 0),
                TestBundles.trustSet(0, 1, der),
                TestBundles.trustSet(2, 1, der),
                TestBundles.trustSet(1, 2, der),
                TestBundles.trustSet(1, 17, der),
                Arrays.copyOf(TestBundles.trustSet(1, 1, der), 8 + 4 + der.length + 1),
                TestBundles.trustSet(1, 1, new byte[4097]))) {
            assertThat(change(TestBundles.trust(1, set, alice()))).startsWith("EBADMSG bad-trust-set:");
        }
        assertThat(change(TestBundles.trust(1, TestBundles.trustSet(1, 1, new byte[] {0x30, 0x00}), alice())))
                .startsWith("EBADMSG bad-certificate:");
        assertThat(change(TestBundles.trust(1, TestBundles.trustSet(1, 2, der, der), alice())))
                .startsWith("EEXIST duplicate-key:");
        // One good certificate before a bad one: all of it or nothing of it.
        assertThat(change(TestBundles.trust(
                        1, TestBundles.trustSet(1, 2, bob().certificate().der(), new byte[] {0x30, 0x00}), alice())))
                .startsWith("EBADMSG bad-certificate:");
        trusts(0, 1, alice());
    }

    @Test
    @Order(5)
    void a_second_key_joins_and_its_bundles_are_taken_at_once() {
        assertThat(kernel.upgrade(host.samples().level(1, bob()))).startsWith("ENOKEY untrusted-signer:");
        assertThat(change(TestBundles.trust(1, 1, certificates(alice(), bob()), alice())))
                .isEqualTo("ok");
        trusts(1, 1, alice(), bob());
        assertThat(kernel.upgrade(host.samples().level(1, bob()))).isEqualTo("ok");
    }

    @Test
    @Order(6)
    void the_threshold_rises_and_one_signature_is_not_enough_any_more_for_trust_neither() {
        assertThat(change(TestBundles.trust(2, 2, certificates(alice(), bob()), alice())))
                .isEqualTo("ok");
        trusts(2, 2, alice(), bob());
        assertThat(kernel.upgrade(host.samples().level(1, alice()))).startsWith("ENOKEY not-enough-signers:");
        assertThat(change(TestBundles.trust(3, 1, certificates(alice()), alice())))
                .startsWith("ENOKEY not-enough-signers:");
        assertThat(change(TestBundles.trust(3, 1, certificates(alice()), alice(), alice())))
                .startsWith("ENOTUNIQ duplicate-signer:");
        assertThat(kernel.upgrade(host.samples().level(1, alice(), bob()))).isEqualTo("ok");
    }

    @Test
    @Order(7)
    void a_key_is_revoked_and_what_it_had_signed_is_refused_while_what_is_in_force_stays() {
        assertThat(kernel.upgrade(host.samples().level(1, alice(), bob()))).isEqualTo("ok");
        kernel.awaitTransition();
        assertThat(change(TestBundles.trust(3, 1, certificates(bob()), alice(), bob())))
                .isEqualTo("ok");
        trusts(3, 1, bob());
        assertThat(kernel.read("level")).isEqualTo("1");
        assertThat(showsFix1(kernel)).isTrue();
        assertThat(kernel.upgrade(host.samples().level(2, alice()))).startsWith("ENOKEY untrusted-signer:");
        assertThat(kernel.upgrade(host.samples().level(2, bob()))).isEqualTo("ok");
    }

    @Test
    @Order(8)
    void an_older_trust_bundle_does_not_come_back_even_if_still_well_signed() {
        for (long level : new long[] {1, 2, 3}) {
            assertThat(change(TestBundles.trust(level, 1, certificates(alice(), bob()), alice(), bob())))
                    .startsWith("EEXIST not-above-trust-level: expected a trust level above 3, found " + level);
        }
        trusts(3, 1, bob());
    }

    @Test
    @Order(9)
    void a_set_may_be_replaced_by_a_disjoint_one() {
        assertThat(change(TestBundles.trust(4, 1, certificates(mallory()), bob())))
                .isEqualTo("ok");
        trusts(4, 1, mallory());
        assertThat(kernel.upgrade(host.samples().level(1, bob()))).startsWith("ENOKEY untrusted-signer:");
    }

    @Test
    @Order(10)
    void all_of_it_happened_on_one_boot() {
        assertThat(host.guest().bootId()).isEqualTo(boot);
    }

    private String change(byte[] trustBundle) {
        return kernel.apply(trustBundle, "trust");
    }

    private void trusts(long level, int threshold, PublisherKey... keys) {
        assertThat(kernel.read("trust_level")).isEqualTo(Long.toString(level));
        assertThat(kernel.read("threshold")).isEqualTo(Integer.toString(threshold));
        assertThat(kernel.read("keys"))
                .isEqualTo(Stream.of(keys)
                        .map(key -> key.certificate().fingerprint().hex())
                        .collect(Collectors.joining("\n")));
    }

    private static List<PublisherCertificate> certificates(PublisherKey... keys) {
        return Stream.of(keys).map(PublisherKey::certificate).toList();
    }
}
