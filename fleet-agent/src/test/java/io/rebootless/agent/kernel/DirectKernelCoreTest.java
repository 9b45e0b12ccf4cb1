package io.rebootless.agent.kernel;

import io.rebootless.agent.host.HostIdentity;
import io.rebootless.agent.kernel.Loads.Load;
import io.rebootless.agent.testing.FakeRoot;
import io.rebootless.bundle.Sha256;
import java.io.IOException;
import java.util.List;

/** Without it: what the agent has noted, as far as the kernel holds it. */
class DirectKernelCoreTest extends LivepatchCoreContract {
    @Override
    LivepatchKernel kernel(FakeRoot root) throws IOException {
        return DirectHost.on(root).kernel();
    }

    @Override
    void handedOver(FakeRoot root, long level, String patch) throws IOException {
        var host = DirectHost.on(root);
        host.folder().turn().orElseThrow().close();
        host.folder()
                .write(new Loads(
                        Loads.VERSION,
                        HostIdentity.read(root.proc()).bootId(),
                        0,
                        List.of(new Load(patch, level, 0, true, Sha256.of(new byte[] {1}), true))));
        root.file("sys/module/" + patch + "/refcnt", "1");
    }
}
