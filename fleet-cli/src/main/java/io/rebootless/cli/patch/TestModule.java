package io.rebootless.cli.patch;

import io.rebootless.guest.DebianKernel;
import io.rebootless.guest.Machine;
import io.rebootless.guest.Repository;
import io.rebootless.guest.Result;
import io.rebootless.module.KernelGuest;
import java.nio.file.Path;

/** Our kernel module for the kernels that livepatches are tried on: hosts take them by it, so trials do. */
final class TestModule {
    private TestModule() {}

    /**
     * A machine with the module and its loader installed.
     *
     * @param folder for what is built, which is found again
     */
    static Machine machine(DebianKernel kernel, Path folder) throws TrialFailed {
        Path root = Repository.root();
        Result result = kernel.build(root.resolve("kernel-module"), folder);
        if (result.exit() != 0) {
            throw new TrialFailed("our kernel module could not be built for this kernel: "
                    + result.err().strip() + result.out().strip());
        }
        return KernelGuest.machine(kernel, folder.resolve("rebootless.ko"), root.resolve("rebootless-load"));
    }
}
