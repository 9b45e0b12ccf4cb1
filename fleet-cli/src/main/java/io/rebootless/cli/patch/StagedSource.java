package io.rebootless.cli.patch;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A livepatch's source as the kernel's build takes it: with a Kbuild, which the publisher need not write. */
final class StagedSource {
    private static final List<String> KINDS = List.of(".c", ".h", ".S");
    /** What make takes for one word. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");

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
                String name = file.getFileName().toString();
                if (name.startsWith(".")) {
                    continue;
                }
                if (!Files.isRegularFile(file) || !NAME.matcher(name).matches()) {
                    throw new CommandFailed(
                            ExitCode.NO_INPUT,
                            file
                                    + ": all sources of a livepatch are files in one directory, with names of A-Z a-z 0-9 . _ -");
                }
                if (name.equals("Kbuild") || KINDS.stream().anyMatch(name::endsWith)) {
                    Files.copy(file, staged.resolve(name));
                }
            }
        }
        Path kbuild = staged.resolve("Kbuild");
        if (!Files.exists(kbuild)) {
            Files.writeString(kbuild, kbuild(patch.definition().module(), staged));
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
            if (List.of(objects.split(" ")).contains(module + ".o") && !objects.equals(module + ".o")) {
                throw new CommandFailed(
                        ExitCode.NO_INPUT,
                        "src/%s.c bears the module's own name, and there are others: rename it".formatted(module));
            }
            return objects.equals(module + ".o")
                    ? "obj-m := %s.o\n".formatted(module)
                    : "obj-m := %1$s.o\n%1$s-y := %2$s\n".formatted(module, objects);
        }
    }
}
