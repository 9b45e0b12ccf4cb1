package io.rebootless.agent.kernel;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The system's own {@code insmod} and {@code rmmod}. Their word alone is no success: see {@link DirectKernel}. */
public final class StandardLoader {
    /** Where systems have them; never found by the PATH of whoever has started the agent. */
    public static final List<String> FOLDERS = List.of("usr/sbin", "sbin", "usr/bin", "bin");

    /** Linking a livepatch takes milliseconds; a kernel that is held up for longer is not waited for. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final int LAST_BYTES = 1024;

    /** As a shell counts: from here on it is the number of the signal that ended the program. */
    private static final int BY_SIGNAL = 128;

    private final Path root;
    private final Duration patience;

    /**
     * What came of running one.
     *
     * @param ended whether it has: one that was killed may still be at work in the kernel
     * @param refused whether it has said itself that it failed, rather than not having lived to tell
     * @param failure its own words; empty if it exited with 0
     */
    record Outcome(boolean ended, boolean refused, Optional<String> failure) {
        static Outcome unknown(String words) {
            return new Outcome(false, false, Optional.of(words));
        }
    }

    /** There is no such program. */
    static final class MissingException extends Exception {
        private static final long serialVersionUID = 1;

        MissingException(String program) {
            super("%s is in none of %s".formatted(program, FOLDERS));
        }
    }

    /**
     * Finds programs below a root.
     *
     * @param root {@code /}, but for tests
     * @param patience how long one may take
     */
    StandardLoader(Path root, Duration patience) {
        this.root = root;
        this.patience = patience;
    }

    /** Where a program is. */
    public static Optional<Path> find(Path root, String program) {
        return FOLDERS.stream()
                .map(folder -> root.resolve(folder).resolve(program))
                .filter(Files::isRegularFile)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Loads a module.
     *
     * @param words a file for what it says: unlike a pipe it holds nobody up
     */
    Outcome load(Path image, Path words) throws IOException, MissingException {
        return run("insmod", image.toString(), words);
    }

    /**
     * Whether one that was started for an image in the same folder is still at work, be it for an agent that was killed:
     * who is held up in the kernel survives its own SIGKILL for as long.
     */
    boolean atWork(Path image) {
        String folder = image.resolveSibling("").toString();
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine())
                .flatMap(Optional::stream)
                .anyMatch(line -> line.contains(" " + folder + "/"));
    }

    /** Unloads a module that nothing holds, without waiting: the counterpart of {@code delete_module(O_NONBLOCK)}. */
    Outcome unload(String module, Path words) throws IOException, MissingException {
        return run("rmmod", module, words);
    }

    private Outcome run(String program, String argument, Path words) throws IOException, MissingException {
        Path found = find(root, program).orElseThrow(() -> new MissingException(program));
        var builder = new ProcessBuilder(found.toString(), argument)
                .directory(new File("/"))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(words.toFile());
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LANG", "C", "HOME", "/"));
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return new Outcome(true, true, Optional.of("%s did not start: %s".formatted(found, e.getMessage())));
        }
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return Outcome.unknown(
                        "%s was still running after %d s and was killed".formatted(found, patience.toSeconds()));
            }
            int exit = process.exitValue();
            return new Outcome(
                    true,
                    exit != 0 && exit < BY_SIGNAL,
                    exit == 0
                            ? Optional.empty()
                            : Optional.of("%s exited with %d: %s".formatted(found, exit, lastLine(words))));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Outcome.unknown(found + " was not waited for");
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(words);
        }
    }

    private static String lastLine(Path words) throws IOException {
        try (var file = new RandomAccessFile(words.toFile(), "r")) {
            file.seek(Math.max(0, file.length() - LAST_BYTES));
            byte[] last = new byte[LAST_BYTES];
            int size = Math.max(0, file.read(last));
            return new String(last, 0, size, StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .reduce((earlier, later) -> later)
                    .orElse("it said nothing");
        }
    }
}
