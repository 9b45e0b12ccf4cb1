package io.rebootless.product;

import static io.rebootless.product.SampleFixes.showsFix1;
import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.DebianKernel;
import io.rebootless.guest.Guest;
import io.rebootless.module.KernelGuest;
import io.rebootless.testing.TestBundles;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** A kernel that has bob's key built in, and so in {@code .secondary_trusted_keys}. */
@KernelScenarios
@DebugKernelOnly
class BuiltInKeyTest {
    @Parameter
    DebianKernel debian;

    private ModuleBuild module;
    private Guest guest;

    @BeforeEach
    void boot() {
        module = ModuleBuild.of(debian);
        guest = module.machine().boot();
    }

    @AfterEach
    void off() {
        guest.close();
    }

    @Test
    void with_keyring_secondary_one_signature_of_that_key_is_enough_and_trust_bundles_are_refused() {
        var kernel = KernelGuest.load(guest, "keyring=secondary");
        assertThat(kernel.write("sealed", "1")).isEqualTo("ok");
        var samples = new SampleBundles(module, kernel.build());
        assertThat(kernel.apply(TestBundles.trust(1, 1, List.of(alice().certificate()), bob()), "trust"))
                .startsWith("EOPNOTSUPP trust-by-keyring:");
        assertThat(kernel.upgrade(samples.level(1, alice(), bob()))).isEqualTo("ok");
        kernel.awaitTransition();
        assertThat(showsFix1(kernel)).isTrue();
        kernel.assertHealthy();
    }

    /** As it would if it ever gave the kernel no keyring, which means the built-in one. */
    @Test
    void with_keys_of_its_own_the_module_does_not_ask_the_kernels() {
        var kernel = KernelGuest.sealed(guest, 1, alice().certificate());
        var samples = new SampleBundles(module, kernel.build());
        assertThat(kernel.upgrade(samples.level(1, bob()))).startsWith("ENOKEY untrusted-signer:");
        assertThat(kernel.upgrade(samples.level(1, alice()))).isEqualTo("ok");
        kernel.assertHealthy();
    }
}
