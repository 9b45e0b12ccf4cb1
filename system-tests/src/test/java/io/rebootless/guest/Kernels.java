package io.rebootless.guest;

import org.junit.jupiter.api.Assumptions;

/** Kernels for tests. */
public final class Kernels {
    private Kernels() {}

    /** A kernel by the name {@link DebianKernel#get} takes; the test is skipped when the mirror has dropped it. */
    public static DebianKernel orSkip(String name) {
        try {
            return DebianKernel.get(name);
        } catch (KernelNotOffered e) {
            return Assumptions.abort(e.getMessage());
        }
    }
}
