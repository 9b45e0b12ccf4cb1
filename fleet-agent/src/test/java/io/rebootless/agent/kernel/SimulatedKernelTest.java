package io.rebootless.agent.kernel;

import io.rebootless.agent.testing.SimulatedKernel;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestPublishers;
import io.rebootless.trust.TrustedPublishers;
import java.util.List;

/** The double judges as the module's documents say. */
class SimulatedKernelTest extends VerdictContract {
    private final SimulatedKernel kernel = new SimulatedKernel(
            TestBundles.KERNEL,
            TrustedPublishers.of(List.of(TestPublishers.alice().certificate()), 1));

    @Override
    LivepatchKernel kernel() {
        return kernel;
    }

    @Override
    void finishTransitions() {
        kernel.state();
    }
}
