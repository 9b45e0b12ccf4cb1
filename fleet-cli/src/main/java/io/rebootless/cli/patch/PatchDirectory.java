package io.rebootless.cli.patch;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.patch.PatchDefinition.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A patch directory: {@code patch.json}, the livepatch's source in {@code src/}, programs that find the flaw in {@code
 * reproducer/}, the publisher's own checks in {@code check/}; and in {@code build/} what is made of them.
 *
 * @param root the directory
 * @param definition what its {@code patch.json} says
 */
record PatchDirectory(Path root, PatchDefinition definition) {
    static final String DEFINITION = "patch.json";

    /** No hidden files, and nothing that a shell would read otherwise. */
    private static final Pattern PROGRAM = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+-]*");

    static PatchDirectory open(Path root) throws IOException {
        Path file = root.resolve(DEFINITION);
        if (!Files.exists(file)) {
            throw new CommandFailed(
                    ExitCode.NO_INPUT,
                    "%s: no patch directory, for it has no %s; `rebootless patch new` makes one"
                            .formatted(root, DEFINITION));
        }
        return new PatchDirectory(root, PatchDefinition.read(file));
    }

    Path source() {
        return root.resolve("src");
    }

    /** The kernel builds asked for by their releases; all when none is. */
    List<Target> kernels(List<String> releases) {
        for (String release : releases) {
            if (definition.kernels().stream().noneMatch(one -> one.release().equals(release))) {
                throw new CommandFailed(
                        ExitCode.USAGE,
                        "%s is not for %s; it is for %s"
                                .formatted(
                                        root.resolve(DEFINITION),
                                        release,
                                        definition.kernels().stream()
                                                .map(Target::release)
                                                .toList()));
            }
        }
        return definition.kernels().stream()
                .filter(one -> releases.isEmpty() || releases.contains(one.release()))
                .toList();
    }

    /** A livepatch made for a kernel build by another tool, to be taken as it is if it is there. */
    Path madeElsewhere(Target kernel) {
        return root.resolve("prebuilt").resolve(kernel.release() + ".ko");
    }

    /** C sources of programs that end with 1 on a flawed kernel and with 0 on a sound one. */
    List<Path> reproducers() throws IOException {
        return files("reproducer")
                .filter(file -> file.toString().endsWith(".c"))
                .toList();
    }

    /** Programs of the publisher's that end with 0 when all is well. */
    List<Path> checks() throws IOException {
        var checks = files("check").toList();
        for (Path check : checks) {
            if (!Files.isExecutable(check)) {
                throw new CommandFailed(ExitCode.NO_INPUT, check + ": not executable; chmod +x it");
            }
        }
        return checks;
    }

    private Stream<Path> files(String folder) throws IOException {
        Path from = root.resolve(folder);
        if (!Files.isDirectory(from)) {
            return Stream.of();
        }
        try (var files = Files.list(from)) {
            return files
                    .filter(Files::isRegularFile)
                    .filter(file ->
                            PROGRAM.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    Path output() {
        return root.resolve("build");
    }

    /** What is made for one kernel build. */
    Path output(Target kernel) {
        return output().resolve(kernel.release());
    }

    Path bundle(Target kernel) {
        return output().resolve("%s-%s.rlb".formatted(definition.module(), kernel.release()));
    }

    /** Says of which bundle it has been seen that it works. */
    Path seenToWork(Target kernel) {
        return output(kernel).resolveSibling("%s-%s.tested.json".formatted(definition.module(), kernel.release()));
    }
}
