package io.rebootless.product;

import io.rebootless.guest.DebianKernel;
import java.util.stream.Stream;

final class ScenarioKernels {
    static Stream<DebianKernel> all() {
        return Stream.of(System.getProperty("rebootless.kernels", "newest-6.1").split(","))
                .map(DebianKernel::get);
    }
}
