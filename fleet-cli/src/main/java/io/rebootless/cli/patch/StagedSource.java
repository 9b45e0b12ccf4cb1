package io.rebootless.cli.patch;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A livepatch's source as the kernel's build takes it: with a Kbuild, which the publisher need not write. */
final class StagedSource {
    private static final List<String> KINDS = List.of(".c", ".h", ".S");

    private StagedSource() {}

    /** Copies {@code src/} and gives it a Kbuild that makes one module of all its C files, unless it has its own. */
    static Path of(PatchDirectory patch) throws IOException {
        Path source = patch.source();
        if (!Files.isDirectory(source)) {
            throw new CommandFailed(
                    ExitCode.NO_INPUT,
                    source + ": no such directory; it holds the livepatch's C files (or put what another tool has made"
                            + " under prebuilt/RELEASE.ko)");
        }
        Path staged = patch.output().resolve("source");
        Files.createDirectories(staged);
        try (var left = Files.list(staged)) {
            for (Path file : left.toList()) {
                Files.delete(file);
            }
        }
        try (var files = Files.list(source)) {
            for (Path file : files.toList()) {
                if (Files.isDirectory(file)) {
                    throw new CommandFailed(
                            ExitCode.NO_INPUT, file + ": a directory; all sources of a livepatch stand in one");
                }
                String name = file.getFileName().toString();
                if (name.equals("Kbuild") || KINDS.stream().anyMatch(name::endsWith)) {
                    Files.copy(file, staged.resolve(name));
                }
            }
        }
        Path kbuild = staged.resolve("Kbuild");
        if (!Files.exists(kbuild)) {
            Files.writeString(kbuild, kbuild(patch.definition().module(), source));
        }
        return staged;
    }

    private static String kbuild(String module, Path source) throws IOException {
        try (var files = Files.list(source)) {
            String objects = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".c"))
                    .map(name -> name.substring(0, name.length() - 2) + ".o")
                    .sorted()
                    .collect(Collectors.joining(" "));
            if (objects.isEmpty()) {
                throw new CommandFailed(ExitCode.NO_INPUT, source + ": no C files to make a livepatch of");
            }
            // Kbuild makes a module of a source that bears its name, or of others: never of both.
            return objects.equals(module + ".o")
                    ? "obj-m := %s.o\n".formatted(module)
                    : "obj-m := %1$s.o\n%1$s-y := %2$s\n".formatted(module, objects);
        }
    }
}
