package io.rebootless.product;

import io.rebootless.module.KernelGuest;

/** What the sample livepatches change in a kernel. */
final class SampleFixes {
    private SampleFixes() {}

    static boolean showsFix1(KernelGuest kernel) {
        return kernel.guest().sh("cat /proc/version").contains("[rebootless fix 1]");
    }

    static boolean showsFix2(KernelGuest kernel) {
        return kernel.guest().sh("cat /proc/execdomains").contains("[rebootless fix 2]");
    }
}
