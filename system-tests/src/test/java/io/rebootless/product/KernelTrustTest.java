package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static io.rebootless.testing.TestPublishers.mallory;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.DebianKernel;
import io.rebootless.guest.Guest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How trust comes into the module, who may bring it, and the floor; each on a freshly booted kernel. */
@KernelScenarios
class KernelTrustTest {
    final ModuleBuild module;
    Guest guest;

    KernelTrustTest(DebianKernel kernel) {
        module = ModuleBuild.of(kernel);
    }

    @BeforeEach
    void boot() {
        var machine = module.machine();
        machine.files().program(Path.of("/usr/bin/setpriv"));
        guest = machine.boot();
    }

    @AfterEach
    void off() {
        guest.close();
    }

    @Test
    void where_two_signers_are_needed_one_key_is_not_enough_however_often_it_signs() {
        var kernel = KernelGuest.sealed(guest, 2, alice().certificate(), bob().certificate());
        var samples = new SampleBundles(module, kernel.build());
        assertThat(kernel.upgrade(samples.level(1, alice()))).startsWith("ENOKEY not-enough-signers:");
        assertThat(kernel.upgrade(samples.level(1, alice(), alice()))).startsWith("ENOTUNIQ duplicate-signer:");
        assertThat(kernel.upgrade(samples.level(1, alice(), mallory()))).startsWith("ENOKEY not-enough-signers:");
        assertThat(kernel.upgrade(samples.level(1, mallory()))).startsWith("ENOKEY untrusted-signer:");
        assertThat(kernel.read("level")).isEqualTo("0");
        assertThat(kernel.upgrade(samples.level(1, bob(), alice()))).isEqualTo("ok");
    }

    @Test
    void a_level_below_the_floor_is_refused_and_the_floor_only_rises() {
        var kernel = KernelGuest.sealed(guest, 1, alice().certificate());
        var samples = new SampleBundles(module, kernel.build());
        assertThat(kernel.upgrade(samples.level(2, 2, alice()))).isEqualTo("ok");
        kernel.awaitTransition();
        assertThat(kernel.read("floor")).isEqualTo("2");

        assertThat(kernel.apply(samples.level(1, alice()), "downgrade")).startsWith("ESTALE below-floor:");
        assertThat(kernel.write("floor", "1")).startsWith("EPERM floor-lowered:");
        kernel.revert();
        assertThat(kernel.upgrade(samples.level(1, alice()))).startsWith("ESTALE below-floor:");
        assertThat(kernel.read("level")).isEqualTo("0");
    }

    @Test
    void nothing_is_applied_before_trust_is_sealed_and_nothing_sealed_without_a_key() {
        var kernel = KernelGuest.load(guest);
        var samples = new SampleBundles(module, kernel.build());
        assertThat(kernel.upgrade(samples.level(1, alice()))).startsWith("EPERM not-sealed:");
        assertThat(kernel.write("sealed", "1")).startsWith("ENOKEY not-enough-keys:");
    }

    @Test
    void root_without_the_capability_to_load_modules_can_neither_extend_trust_nor_seal_but_can_apply() {
        var kernel = KernelGuest.load(guest);
        guest.push(alice().certificate().der(), "/tmp/alice.der");
        for (String attempt : List.of(
                "cat /tmp/alice.der >/sys/kernel/rebootless/trust",
                "echo 1 >/sys/kernel/rebootless/threshold",
                "echo 1 >/sys/kernel/rebootless/sealed")) {
            assertThat(guest.run(incapable(attempt)).exit()).as(attempt).isNotZero();
            assertThat(kernel.read("last_error")).as(attempt).startsWith("EPERM not-capable:");
        }
        assertThat(kernel.read("keys")).isEmpty();

        guest.sh("cat /tmp/alice.der >/sys/kernel/rebootless/trust && echo 1 >/sys/kernel/rebootless/sealed");
        guest.push(new SampleBundles(module, kernel.build()).level(1, alice()), "/tmp/bundle.rlb");
        guest.sh(incapable(
                "cat /tmp/bundle.rlb >/sys/kernel/rebootless/bundle && echo upgrade >/sys/kernel/rebootless/apply"));
        assertThat(kernel.read("level")).isEqualTo("1");
        assertThat(guest.run(incapable("insmod /tmp/any.ko")).exit()).isNotZero();
    }

    @Test
    void a_loader_that_claims_success_having_done_nothing_is_found_out() {
        guest.push("#!/bin/sh\nexit 0\n".getBytes(StandardCharsets.US_ASCII), ModuleBuild.LOADER);
        guest.sh("chmod 755 " + ModuleBuild.LOADER);
        var kernel = KernelGuest.sealed(guest, 1, alice().certificate());
        var samples = new SampleBundles(module, kernel.build());
        assertThat(kernel.upgrade(samples.level(1, alice()))).startsWith("EIO not-live:");
        assertThat(kernel.read("level")).isEqualTo("0");
    }

    @Test
    void a_missing_loader_is_named() {
        guest.sh("rm " + ModuleBuild.LOADER);
        var kernel = KernelGuest.sealed(guest, 1, alice().certificate());
        var samples = new SampleBundles(module, kernel.build());
        assertThat(kernel.upgrade(samples.level(1, alice()))).startsWith("ENOENT loader-missing:");
    }

    @Test
    void of_two_writers_at_once_each_gets_a_verdict_of_its_own_and_the_kernel_survives() {
        var kernel = KernelGuest.sealed(guest, 1, alice().certificate());
        guest.push(new SampleBundles(module, kernel.build()).level(1, alice()), "/tmp/bundle.rlb");
        guest.sh("cat /tmp/bundle.rlb >/sys/kernel/rebootless/bundle");
        String verdicts = guest.sh("""
                for i in 1 2 3 4; do
                    (echo upgrade 2>/dev/null >/sys/kernel/rebootless/apply && echo ok || echo refused) &
                done
                wait""");
        assertThat(Pattern.compile("ok").matcher(verdicts).results()).hasSize(1);
        assertThat(kernel.read("level")).isEqualTo("1");
    }

    /** As root without CAP_SYS_MODULE, and without a way to get it back: what the agent runs as. */
    private static String incapable(String script) {
        return "/usr/bin/setpriv --bounding-set=-sys_module --inh-caps=-sys_module sh -c '%s' 2>/dev/null"
                .formatted(script);
    }
}
