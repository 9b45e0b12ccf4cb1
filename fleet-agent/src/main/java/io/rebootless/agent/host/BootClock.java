package io.rebootless.agent.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Time since boot, suspend included: no wrong wall clock shortens a soak or a deadline. */
public interface BootClock {
    Duration sinceBoot();

    void pause(Duration duration) throws InterruptedException;

    /** {@code /proc/uptime} counts CLOCK_BOOTTIME, in hundredths of a second. */
    static BootClock of(Path proc) {
        Path uptime = proc.resolve("uptime");
        return new BootClock() {
            @Override
            public Duration sinceBoot() {
                try {
                    String text = Files.readString(uptime);
                    double seconds = Double.parseDouble(text.substring(0, text.indexOf(' ')));
                    return Duration.ofMillis(Math.round(seconds * 1000));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public void pause(Duration duration) throws InterruptedException {
                Thread.sleep(duration.toMillis());
            }
        };
    }
}
