package io.rebootless.agent.kernel;

import io.rebootless.kernel.KernelBuild;
import io.rebootless.kernel.KernelNotes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Which kernel build runs here. */
public final class KernelIdentity {
    private KernelIdentity() {}

    /** Reads the running kernel's own words; {@code osArch} is what Java calls the machine. */
    public static KernelBuild read(Path proc, Path sysfs, String osArch) throws IOException {
        String release = line(proc.resolve("sys/kernel/osrelease"));
        String version = line(proc.resolve("sys/kernel/version"));
        var buildId = KernelNotes.buildId(Files.readAllBytes(sysfs.resolve("kernel/notes")))
                .orElseThrow(() -> new IOException(
                        "the running kernel %s has no GNU build-id in /sys/kernel/notes: no bundle can be matched to it"
                                .formatted(release)));
        try {
            return new KernelBuild(release, version, machine(proc, osArch), buildId);
        } catch (IllegalArgumentException e) {
            throw new IOException("the running kernel's identity is unusual: " + e.getMessage(), e);
        }
    }

    /** Kernels since 6.1 say it themselves; before that Java's name is translated. */
    private static String machine(Path proc, String osArch) throws IOException {
        try {
            return line(proc.resolve("sys/kernel/arch"));
        } catch (NoSuchFileException older) {
            return osArch.equals("amd64") ? "x86_64" : osArch;
        }
    }

    private static String line(Path file) throws IOException {
        return Files.readString(file).strip();
    }
}
