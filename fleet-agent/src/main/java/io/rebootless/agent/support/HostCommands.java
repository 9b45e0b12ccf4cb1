package io.rebootless.agent.support;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks the host's own programs. */
@FunctionalInterface
public interface HostCommands {
    /** What a program prints, errors included. */
    String output(List<String> command) throws IOException, InterruptedException;

    /** Programs that are stuck, or say things without an end, are ended; of what is long, the last part is kept. */
    static HostCommands real(Duration patience, int maxBytes) {
        return command -> {
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
            var watchdog = new Thread(
                    () -> {
                        try {
                            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                                process.destroyForcibly();
                            }
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "watchdog");
            watchdog.setDaemon(true);
            watchdog.start();
            var said = new LastPart(maxBytes);
            try (var in = process.getInputStream()) {
                said.read(in);
            } catch (IOException ended) {
                // By the watchdog: what it has said so far counts.
            } finally {
                process.destroyForcibly();
                watchdog.interrupt();
            }
            return said.text();
        };
    }
}
