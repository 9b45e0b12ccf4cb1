package io.rebootless.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A short-lived program on this machine: bounded in time, its output held as bytes. */
public final class HostCommand {
    private HostCommand() {}

    /** Runs a program whose failure is nobody's question. */
    public static byte[] output(Duration timeout, List<String> command) {
        Result result = run(timeout, command);
        if (result.exit() != 0) {
            throw new IllegalStateException("`%s` ended with %d: %s"
                    .formatted(
                            String.join(" ", command),
                            result.exit(),
                            result.err().strip()));
        }
        return result.outBytes();
    }

    public static Result run(Duration timeout, List<String> command) {
        try {
            // Files rather than pipes: neither stream can block the program, and no thread has to drain them.
            Path out = Files.createTempFile("host-command", ".out");
            Path err = Files.createTempFile("host-command", ".err");
            try {
                return run(timeout, command, out, err);
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Result run(Duration timeout, List<String> command, Path out, Path err) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("`%s` did not end within %s: %s"
                        .formatted(
                                String.join(" ", command),
                                timeout,
                                new String(Files.readAllBytes(err), StandardCharsets.UTF_8).strip()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command.get(0), e);
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readAllBytes(out), Files.readAllBytes(err));
    }
}
