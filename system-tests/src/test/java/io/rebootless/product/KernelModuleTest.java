package io.rebootless.product;

import static io.rebootless.product.SampleFixes.showsFix1;
import static io.rebootless.product.SampleFixes.showsFix2;
import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.mallory;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.BundleFormat;
import io.rebootless.guest.DebianKernel;
import io.rebootless.guest.Guest;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.module.KernelGuest;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** The kernel module with one trusted publisher, on a real kernel that is patched and reverted between tests. */
@KernelScenarios
class KernelModuleTest {
    @Parameter
    DebianKernel debian;

    private SealedGuest host;
    private Guest guest;
    private KernelGuest kernel;
    private SampleBundles samples;

    @BeforeParameterizedClassInvocation
    void a_sealed_module_that_trusts_alice() {
        host = SealedGuest.boot(debian);
        guest = host.guest();
        kernel = host.kernel();
        samples = host.samples();
    }

    @AfterParameterizedClassInvocation
    void off() {
        host.close();
    }

    @BeforeEach
    void nothing_in_force() {
        kernel.revert();
        assertThat(kernel.read("level")).isEqualTo("0");
    }

    @Test
    void level_1_then_level_2_then_none_on_one_boot() {
        var boot = guest.bootId();
        assertThat(showsFix1(kernel)).isFalse();

        assertThat(kernel.upgrade(samples.level(1, alice()))).isEqualTo("ok");
        kernel.awaitTransition();
        assertThat(kernel.read("level")).isEqualTo("1");
        assertThat(showsFix1(kernel)).isTrue();
        assertThat(showsFix2(kernel)).isFalse();

        assertThat(kernel.upgrade(samples.level(2, alice()))).isEqualTo("ok");
        kernel.awaitTransition();
        assertThat(kernel.read("level")).isEqualTo("2");
        assertThat(kernel.read("patch")).isEqualTo("rebootless_sample_2");
        assertThat(showsFix1(kernel)).isTrue();
        assertThat(showsFix2(kernel)).isTrue();

        kernel.revert();
        assertThat(kernel.read("level")).isEqualTo("0");
        assertThat(showsFix1(kernel)).isFalse();
        assertThat(showsFix2(kernel)).isFalse();
        assertThat(guest.sh("lsmod")).doesNotContain("rebootless_sample");
        assertThat(guest.bootId()).isEqualTo(boot);
    }

    @Test
    void a_downgrade_is_an_explicit_word_and_atomic_too() {
        assertThat(kernel.upgrade(samples.level(2, alice()))).isEqualTo("ok");
        kernel.awaitTransition();
        assertThat(kernel.upgrade(samples.level(1, alice()))).startsWith("EEXIST not-above-level:");
        assertThat(kernel.apply(samples.level(1, alice()), "downgrade")).isEqualTo("ok");
        kernel.awaitTransition();
        assertThat(kernel.read("level")).isEqualTo("1");
        assertThat(showsFix2(kernel)).isFalse();
    }

    @Test
    void the_same_level_again_is_not_above_the_one_in_force() {
        assertThat(kernel.upgrade(samples.level(1, alice()))).isEqualTo("ok");
        assertThat(kernel.upgrade(samples.level(1, alice()))).startsWith("EEXIST not-above-level:");
    }

    @Test
    void a_downgrade_goes_below_what_is_in_force_and_only_from_what_is_flagged_safe() {
        assertThat(kernel.apply(samples.level(1, alice()), "downgrade")).startsWith("EEXIST not-below-level:");
        assertThat(kernel.upgrade(samples.notDowngradeSafe(2, alice()))).isEqualTo("ok");
        kernel.awaitTransition();
        assertThat(kernel.apply(samples.level(2, alice()), "downgrade")).startsWith("EEXIST not-below-level:");
        assertThat(kernel.apply(samples.level(1, alice()), "downgrade")).startsWith("EPERM downgrade-unsafe:");
        assertThat(kernel.read("level")).isEqualTo("2");
        assertThat(showsFix2(kernel)).isTrue();
    }

    @Test
    void a_word_that_is_none_is_named_and_leaves_what_is_staged() {
        assertThat(kernel.stage(samples.level(1, alice()))).isTrue();
        assertThat(kernel.write("apply", "upgradee")).startsWith("EINVAL unknown-command:");
        assertThat(kernel.write("apply", "upgrade")).isEqualTo("ok");
    }

    @Test
    void an_unknown_key_is_an_untrusted_signer() {
        refuses(samples.level(1, mallory()), "ENOKEY untrusted-signer:");
    }

    @Test
    void an_ordinary_module_is_not_taken_for_a_livepatch_and_never_runs() {
        refuses(samples.image("rebootless_test_plain", 1, alice()), "EINVAL not-livepatch:");
        assertThat(guest.sh("dmesg")).doesNotContain("never should have");
    }

    @Test
    void a_bundle_for_another_kernel_build_is_refused_even_if_only_the_build_id_differs() {
        var here = kernel.build();
        var rebuilt = new KernelBuild(
                here.release(),
                here.version(),
                here.machine(),
                new BuildId("00112233445566778899aabbccddeeff00112233"));
        refuses(samples.of(rebuilt, 1, 0, alice()), "ENOEXEC wrong-kernel: build-id:");
        var older = new KernelBuild("6.1.0-1-amd64", here.version(), here.machine(), here.buildId());
        refuses(samples.of(older, 1, 0, alice()), "ENOEXEC wrong-kernel: release:");
    }

    @Test
    void a_bundle_cut_short_is_truncated() {
        byte[] whole = samples.small(alice());
        for (int length : new int[] {1, 511, 512, 600, whole.length - 500, whole.length - 1}) {
            refuses(Arrays.copyOf(whole, length), "EBADMSG truncated:");
        }
    }

    @Test
    void bytes_behind_the_last_signature_are_refused() {
        byte[] whole = samples.level(1, alice());
        refuses(Arrays.copyOf(whole, whole.length + 1), "EBADMSG trailing-bytes:");
    }

    @Test
    void more_bytes_than_any_bundle_has_are_refused_and_not_kept() {
        byte[] tooMuch = new byte[(int) BundleFormat.MAX_FILE_BYTES + 1];
        assertThat(kernel.apply(tooMuch, "upgrade")).startsWith("EFBIG bundle-size:");
        assertThat(kernel.write("apply", "upgrade")).startsWith("ENODATA nothing-staged:");
    }

    @Test
    void a_write_that_does_not_continue_the_last_one_drops_what_was_staged() {
        guest.push(samples.small(alice()), "/tmp/small.rlb");
        guest.sh("cat /tmp/small.rlb >/sys/kernel/rebootless/bundle");
        assertThat(guest.run("echo x | dd of=/sys/kernel/rebootless/bundle bs=1 seek=7 conv=notrunc 2>/dev/null")
                        .exit())
                .isNotZero();
        assertThat(kernel.read("last_error")).startsWith("EINVAL not-contiguous:");
        assertThat(kernel.write("apply", "upgrade")).startsWith("ENODATA nothing-staged:");
    }

    /** Refused for that reason, and nothing has changed on the host. */
    private void refuses(byte[] bundle, String reason) {
        assertThat(kernel.upgrade(bundle)).startsWith(reason);
        assertThat(kernel.read("level")).isEqualTo("0");
        assertThat(showsFix1(kernel)).isFalse();
        assertThat(guest.sh("lsmod")).doesNotContain("rebootless_sample", "rebootless_test");
    }
}
