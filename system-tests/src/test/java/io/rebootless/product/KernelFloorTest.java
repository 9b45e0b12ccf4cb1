package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.DebianKernel;
import io.rebootless.module.KernelGuest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** The floor, which only rises: each test starts from where the one before it has left it. */
@KernelScenarios
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KernelFloorTest {
    @Parameter
    DebianKernel debian;

    private SealedGuest host;
    private KernelGuest kernel;

    @BeforeParameterizedClassInvocation
    void boot() {
        host = SealedGuest.boot(debian);
        kernel = host.kernel();
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
    void a_bundle_that_is_refused_does_not_raise_it() {
        assertThat(kernel.read("floor")).isEqualTo("0");
        assertThat(kernel.upgrade(host.samples().level(2, 2))).startsWith("EBADMSG signature-count:");
        assertThat(kernel.read("floor")).isEqualTo("0");
    }

    @Test
    @Order(2)
    void a_bundle_raises_it_once_it_is_loaded_and_not_even_a_downgrade_goes_below() {
        assertThat(kernel.upgrade(host.samples().level(2, 2, alice()))).isEqualTo("ok");
        kernel.awaitTransition();
        assertThat(kernel.read("floor")).isEqualTo("2");
        assertThat(kernel.apply(host.samples().level(1, alice()), "downgrade")).startsWith("ESTALE below-floor:");
        assertThat(kernel.read("level")).isEqualTo("2");
    }

    @Test
    @Order(3)
    void reverted_it_stays_and_so_does_the_refusal() {
        assertThat(kernel.read("floor")).isEqualTo("2");
        assertThat(kernel.upgrade(host.samples().level(1, alice()))).startsWith("ESTALE below-floor:");
        assertThat(kernel.upgrade(host.samples().level(2, alice()))).isEqualTo("ok");
    }

    @Test
    @Order(4)
    void by_hand_it_can_be_raised_and_not_lowered() {
        assertThat(kernel.write("floor", "1")).startsWith("EPERM floor-lowered:");
        assertThat(kernel.write("floor", "2")).isEqualTo("ok");
        assertThat(kernel.write("floor", "x")).startsWith("EINVAL bad-value:");
        assertThat(kernel.write("floor", "9223372036854775808")).startsWith("EINVAL bad-value:");
        assertThat(kernel.write("floor", "9223372036854775807")).isEqualTo("ok");
        assertThat(kernel.upgrade(host.samples().level(2, alice()))).startsWith("ESTALE below-floor:");
    }
}
