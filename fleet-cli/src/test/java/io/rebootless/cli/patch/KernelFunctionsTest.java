package io.rebootless.cli.patch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which functions a livepatch can replace. */
class KernelFunctionsTest {
    private final KernelFunctions kernel = new KernelFunctions(
            Set.of("ip_options_get", "native_sched_clock", "tcp_ack.isra.0", "tcp_ack.part.0.cold", "tcp_acker"),
            Set.of("ip_options_get"));

    @Test
    void one_that_is_there_and_traceable_can() {
        assertThat(kernel.obstacles(List.of("ip_options_get"))).isEmpty();
    }

    @Test
    void one_that_ftrace_cannot_follow_cannot() {
        assertThat(kernel.obstacles(List.of("native_sched_clock")))
                .singleElement()
                .asString()
                .startsWith("native_sched_clock: not traceable by ftrace");
    }

    @Test
    void one_that_the_compiler_has_changed_is_named_as_it_is_now() {
        assertThat(kernel.obstacles(List.of("tcp_ack")))
                .containsExactly(
                        "tcp_ack: there is only tcp_ack.isra.0, tcp_ack.part.0.cold, which the compiler has made"
                                + " of it; replace its callers");
    }

    @Test
    void one_that_is_not_there_may_be_inlined_or_in_a_module() {
        assertThat(kernel.obstacles(List.of("ip_options_get", "gone")))
                .singleElement()
                .asString()
                .startsWith("gone: not found in this kernel")
                .contains("inlined", "modules");
    }
}
