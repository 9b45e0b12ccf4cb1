package io.rebootless.agent.support;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks the host's own programs. */
@FunctionalInterface
public interface HostCommands {
    /** What a program prints, errors included. */
    String output(List<String> command) throws IOException, InterruptedException;

    /** Programs that are stuck are ended; of what is endless, the first part is kept. */
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
            try (var in = process.getInputStream()) {
                return new String(in.readNBytes(maxBytes), StandardCharsets.UTF_8);
            } finally {
                process.destroyForcibly();
                watchdog.interrupt();
            }
        };
    }
}
