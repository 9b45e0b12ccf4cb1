package io.rebootless.product;

import static io.rebootless.product.SampleFixes.showsFix2;
import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.DebianKernel;
import io.rebootless.module.KernelGuest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** Loaders that are missing, fail or lie: the module believes what the kernel did, not what the loader says. */
@KernelScenarios
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LoaderTest {
    @Parameter
    DebianKernel debian;

    private static final String REAL = "/tmp/real-loader";
    private static final int LAST = Integer.MAX_VALUE;

    private SealedGuest host;
    private KernelGuest kernel;

    @BeforeParameterizedClassInvocation
    void boot() {
        host = SealedGuest.boot(debian);
        kernel = host.kernel();
        host.guest().sh("mv %s %s".formatted(KernelGuest.LOADER, REAL));
        host.guest().push(host.module().sample(2), "/tmp/other.ko");
        host.guest().push(host.module().testModule("rebootless_test_plain"), "/tmp/plain.ko");
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
    void the_real_one_at_another_path_works() {
        script("exec %s \"$@\"".formatted(REAL));
        assertThat(upgrade()).isEqualTo("ok");
        assertThat(kernel.read("level")).isEqualTo("1");
    }

    @Test
    void a_missing_one_is_named() {
        host.guest().sh("rm -f " + KernelGuest.LOADER);
        refuses("ENOENT loader-missing: expected a program at " + KernelGuest.LOADER);
    }

    @Test
    void one_that_may_not_run_is_named() {
        script("exit 0");
        host.guest().sh("chmod 600 " + KernelGuest.LOADER);
        refuses("EACCES loader-failed:");
    }

    @Test
    void its_exit_status_is_the_errno() {
        script("exit 28");
        refuses("ENOSPC loader-failed:");
    }

    @Test
    void an_exit_status_that_is_no_errno_is_not_taken_for_one() {
        script("exit 200");
        refuses("ELIBBAD loader-failed:");
    }

    @Test
    void one_that_dies_of_a_signal_is_no_success() {
        script("kill -9 $$");
        refuses("EIO loader-failed:");
    }

    @Test
    void one_that_says_yes_having_loaded_nothing_is_found_out() {
        script("exit 0");
        refuses("EIO not-live:");
    }

    @Test
    void one_that_brings_another_livepatch_is_stopped_before_its_first_instruction() {
        script("exec %s load /tmp/other.ko".formatted(REAL));
        refuses("ENOEXEC wrong-module: expected module rebootless_sample_1, found rebootless_sample_2");
        assertThat(showsFix2(kernel)).isFalse();
    }

    @Test
    void one_that_brings_an_ordinary_module_is_stopped_before_its_first_instruction() {
        script("exec %s load /tmp/plain.ko".formatted(REAL));
        refuses("ENOEXEC wrong-module: expected module rebootless_sample_1, found rebootless_test_plain");
        assertThat(host.guest().sh("dmesg")).doesNotContain("never should have");
    }

    @Test
    void one_that_says_yes_having_had_a_child_load_something_else_is_found_out() {
        script("%s load /tmp/other.ko; exit 0".formatted(REAL));
        assertThat(upgrade()).startsWith("EIO not-live:");
        // Root has loaded a livepatch by hand, as root may; it is none of ours.
        assertThat(kernel.read("level")).isEqualTo("0");
        kernel.revert();
        host.guest().sh("rmmod rebootless_sample_2");
    }

    @Test
    void one_that_lets_a_child_load_the_right_image_is_not_believed_either() {
        script("%s \"$@\"; exit 0".formatted(REAL));
        assertThat(upgrade()).startsWith("EIO not-live:");
        assertThat(kernel.read("level")).isEqualTo("0");
        kernel.revert();
        host.guest().sh("rmmod rebootless_sample_1");
    }

    @Test
    @Order(LAST - 2) // as the floor stays
    void one_that_is_killed_too_late_is_an_error_but_the_level_and_its_floor_count() {
        Sleepers.load(host);
        script("""
                (until [ -d /sys/kernel/livepatch/rebootless_test_lingers ]; do usleep 20000; done; kill -9 $$) &
                exec %s "$@\"""".formatted(REAL));
        assertThat(kernel.upgrade(host.samples().image("rebootless_test_lingers", 1, 1, alice())))
                .startsWith("EIO loader-failed:");
        assertThat(kernel.read("level")).isEqualTo("1");
        assertThat(kernel.read("floor")).isEqualTo("1");
    }

    @Test
    void a_livepatch_that_enables_nothing_is_no_success() {
        script("exec %s \"$@\"".formatted(REAL));
        assertThat(kernel.upgrade(host.samples().image("rebootless_test_idle", 1, alice())))
                .startsWith("EIO not-live:");
        assertThat(kernel.read("level")).isEqualTo("0");
    }

    @Test
    void a_livepatch_whose_init_fails_leaves_nothing_behind() {
        script("exec %s \"$@\"".formatted(REAL));
        assertThat(kernel.upgrade(host.samples().image("rebootless_test_init_fails", 1, alice())))
                .startsWith("ENODEV loader-failed:");
        assertThat(kernel.read("level")).isEqualTo("0");
        assertThat(host.guest().sh("lsmod")).doesNotContain("rebootless_test_init_fails");
    }

    @Test
    void the_verdict_on_a_foreign_module_of_the_same_name_is_EEXIST() {
        script("exec %s \"$@\"".formatted(REAL));
        host.guest().push(host.module().sample(1), "/tmp/sample.ko");
        host.guest().sh("insmod /tmp/sample.ko");
        refuses("EEXIST loader-failed:");
        kernel.revert();
        host.guest().sh("rmmod rebootless_sample_1");
    }

    /** There is no way back from this but a reboot. */
    @Test
    @Order(LAST - 1)
    void usermode_helpers_without_the_capability_cannot_load() {
        script("exec %s \"$@\"".formatted(REAL));
        // The bounding set of all usermode helpers, less CAP_SYS_MODULE (bit 16).
        host.guest().sh("echo 4294901759 4294967295 >/proc/sys/kernel/usermodehelper/bset");
        refuses("EPERM loader-failed:");
    }

    /** Nor from this. */
    @Test
    @Order(LAST)
    void where_module_loading_is_disabled_the_verdict_says_so() {
        host.guest().sh("echo 1 >/proc/sys/kernel/modules_disabled");
        refuses("EPERM loader-failed:");
    }

    private String upgrade() {
        return kernel.upgrade(host.samples().level(1, alice()));
    }

    private void refuses(String verdict) {
        assertThat(upgrade()).startsWith(verdict);
        assertThat(kernel.read("level")).isEqualTo("0");
        assertThat(kernel.read("patch")).isEmpty();
        assertThat(kernel.write("apply", "upgrade")).startsWith("ENODATA nothing-staged:");
    }

    private void script(String body) {
        host.guest().push(("#!/bin/sh\n" + body + "\n").getBytes(StandardCharsets.US_ASCII), KernelGuest.LOADER);
        host.guest().sh("chmod 755 " + KernelGuest.LOADER);
    }
}
