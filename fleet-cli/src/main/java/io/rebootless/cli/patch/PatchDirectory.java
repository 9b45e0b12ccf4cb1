package io.rebootless.cli.patch;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.patch.PatchDefinition.Target;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A patch directory: {@code patch.json}, the livepatch's source in {@code src/}, programs that find the flaw in {@code
 * reproducer/}, the publisher's own checks in {@code check/}; and in {@code build/} what is made of them, and in {@code good/} what was seen to work.
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

    /**
     * A livepatch made for a kernel build by another tool, to be taken as it is.
     *
     * @throws CommandFailed if there is one for no kernel build of the patch's, which would go unseen
     */
    Optional<Path> madeElsewhere(Target kernel) throws IOException {
        for (Path file : files("prebuilt").toList()) {
            if (definition.kernels().stream()
                    .noneMatch(one -> file.getFileName().toString().equals(one.release() + ".ko"))) {
                throw new CommandFailed(
                        ExitCode.NO_INPUT,
                        file + ": is for no kernel build of the patch; call it RELEASE.ko, such as "
                                + kernel.release()
                                + ".ko");
            }
        }
        return Optional.of(root.resolve("prebuilt").resolve(kernel.release() + ".ko"))
                .filter(Files::exists);
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
            var visible = files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
            for (Path file : visible) {
                // What is passed over would count as seen.
                if (!PROGRAM.matcher(file.getFileName().toString()).matches() || !Files.isRegularFile(file)) {
                    throw new CommandFailed(
                            ExitCode.NO_INPUT, file + ": a file with a name of A-Z a-z 0-9 . _ + - is expected here");
                }
            }
            return visible.stream();
        }
    }

    /**
     * Keeps other commands out of the directory until it is closed.
     *
     * @throws CommandFailed if one is at work
     */
    FileChannel lock() throws IOException {
        Files.createDirectories(output());
        var channel = FileChannel.open(output().resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            channel.close();
            throw new CommandFailed(
                    ExitCode.REFUSED, root + ": another rebootless patch is at work in it; wait for it");
        }
        return channel;
    }

    Path output() {
        return root.resolve("build");
    }

    /** What is made for one kernel build. */
    Path output(Target kernel) {
        return output().resolve(kernel.release());
    }

    private String bundleName(Target kernel) {
        return definition.bundleName(definition.level(), kernel);
    }

    /** The bundle as it is built, never signed. */
    Path bundle(Target kernel) {
        return output().resolve(bundleName(kernel));
    }

    /** A folder for each level with the bundles that were seen to work. */
    Path levels() {
        return root.resolve("good");
    }

    /** Those of this level, to be signed. */
    Path good() {
        return levels().resolve("level-" + definition.level());
    }

    /** The same, for a kernel build. */
    Path good(Target kernel) {
        return good().resolve(bundleName(kernel));
    }

    /** Says of which bundle it has been seen that it works, and by what. */
    Path seenToWork(Target kernel) {
        return output().resolve(bundleName(kernel).replace(".rlb", ".tested.json"));
    }
}
