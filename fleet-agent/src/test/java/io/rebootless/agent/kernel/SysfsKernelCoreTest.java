package io.rebootless.agent.kernel;

import io.rebootless.agent.testing.FakeRoot;
import java.io.IOException;

/** With the module, which says what is ours. */
class SysfsKernelCoreTest extends LivepatchCoreContract {
    @Override
    LivepatchKernel kernel(FakeRoot root) {
        return new SysfsKernel(root.sysfs());
    }

    @Override
    void handedOver(FakeRoot root, long level, String patch) throws IOException {
        root.module("level", Long.toString(level));
        root.module("patch", patch);
    }
}
