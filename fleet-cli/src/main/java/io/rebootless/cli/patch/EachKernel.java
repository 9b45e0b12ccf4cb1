package io.rebootless.cli.patch;

import io.rebootless.bundle.RefusedException;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.patch.PatchDefinition.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.function.BiConsumer;

/** Does something for each kernel build: one where it fails does not keep the others from their turn. */
final class EachKernel {
    private EachKernel() {}

    /** What is done for one. */
    interface Step {
        void run(Target kernel) throws IOException, RefusedException, TrialFailed;
    }

    /**
     * Does it.
     *
     * @param failed is told of each where it failed, and why
     * @return for how many it failed
     */
    static int failures(List<Target> kernels, Step step, BiConsumer<Target, String> failed) {
        int failures = 0;
        for (Target kernel : kernels) {
            try {
                step.run(kernel);
            } catch (CommandFailed
                    | TrialFailed
                    | RefusedException
                    | IOException
                    | UncheckedIOException
                    | IllegalStateException
                    | IllegalArgumentException e) {
                failures++;
                failed.accept(kernel, words(e));
            }
        }
        return failures;
    }

    private static String words(Exception e) {
        Throwable cause = e instanceof UncheckedIOException && e.getCause() != null ? e.getCause() : e;
        if (cause instanceof NoSuchFileException missing) {
            return missing.getFile() + ": no such file";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
