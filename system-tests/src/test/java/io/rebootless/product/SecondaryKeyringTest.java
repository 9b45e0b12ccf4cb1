package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.DebianKernel;
import io.rebootless.guest.Guest;
import io.rebootless.module.KernelGuest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/**
 * {@code keyring=secondary}: the kernel's own {@code .secondary_trusted_keys} says whom to trust. Debian's kernels have
 * Debian's keys in it, with which no test can sign; for one with which it can see {@link BuiltInKeyTest}.
 */
@KernelScenarios
class SecondaryKeyringTest {
    @Parameter
    DebianKernel debian;

    private ModuleBuild module;
    private Guest guest;

    @BeforeParameterizedClassInvocation
    void build() {
        module = ModuleBuild.of(debian);
    }

    @BeforeEach
    void boot() {
        guest = module.machine().boot();
    }

    @AfterEach
    void off() {
        guest.close();
    }

    @Test
    void nobody_else_is_trusted_and_nobody_can_be_added() {
        var kernel = sealedBySecondary();
        var samples = new SampleBundles(module, kernel.build());
        assertThat(kernel.read("keys")).isEmpty();
        assertThat(guest.sh("cat /sys/module/rebootless/parameters/keyring")).isEqualTo("secondary");
        assertThat(kernel.upgrade(samples.level(1, alice()))).startsWith("ENOKEY untrusted-signer:");
        assertThat(kernel.read("level")).isEqualTo("0");
        kernel.assertHealthy();
    }

    @Test
    void trust_and_threshold_are_not_the_modules_to_change() {
        var kernel = KernelGuest.load(guest, "keyring=secondary");
        guest.push(alice().certificate().der(), "/tmp/alice.der");
        assertThat(guest.run("cat /tmp/alice.der >/sys/kernel/rebootless/trust").exit())
                .isNotZero();
        assertThat(kernel.read("last_error")).startsWith("EOPNOTSUPP trust-by-keyring:");
        assertThat(kernel.write("threshold", "2")).startsWith("EOPNOTSUPP trust-by-keyring:");
    }

    @Test
    void a_word_that_is_no_keyring_does_not_load() {
        assertThat(guest.run("insmod %s keyring=builtin".formatted(KernelGuest.MODULE))
                        .exit())
                .isNotZero();
        assertThat(guest.sh("dmesg")).contains("rebootless: keyring=builtin: expected own or secondary");
    }

    private KernelGuest sealedBySecondary() {
        var kernel = KernelGuest.load(guest, "keyring=secondary");
        assertThat(kernel.write("sealed", "1")).isEqualTo("ok");
        return kernel;
    }
}
