package io.rebootless.agent.testing;

import io.rebootless.agent.host.BootClock;
import java.time.Duration;

/** Goes on only when somebody waits. */
public final class TurnedClock implements BootClock {
    private volatile Duration now = Duration.ofSeconds(100);

    @Override
    public Duration sinceBoot() {
        return now;
    }

    @Override
    public void pause(Duration duration) {
        now = now.plus(duration);
    }

    public void reboot() {
        now = Duration.ofSeconds(20);
    }
}
