package io.rebootless.cli.kernel;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.kernel.KernelNotes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel that runs here, as it says in {@code /proc} and {@code /sys}. */
public final class RunningKernel {
    private RunningKernel() {}

    /** Reads it, with {@code proc} and {@code sys} below this directory. */
    public static KernelBuild read(Path root) throws IOException {
        Path notes = root.resolve("sys/kernel/notes");
        return new KernelBuild(
                line(root.resolve("proc/sys/kernel/osrelease")),
                line(root.resolve("proc/sys/kernel/version")),
                machine(),
                KernelNotes.buildId(Files.readAllBytes(notes))
                        .orElseThrow(() -> new CommandFailed(
                                ExitCode.NO_INPUT,
                                notes + ": no GNU build-id there; this kernel was built without one")));
    }

    private static String line(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    private static String machine() {
        String java = System.getProperty("os.arch", "");
        return java.equals("amd64") ? "x86_64" : java;
    }
}
