package io.rebootless.guest;

import java.nio.file.Path;
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

    /** Where they are kept: a command line that is told so fetches none of them again. */
    public static Path cache() {
        String named = System.getenv("REBOOTLESS_CACHE");
        return named == null ? Repository.root().resolve(".cache") : Path.of(named);
    }
}
