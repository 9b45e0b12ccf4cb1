package io.rebootless.agent.testing;

import io.rebootless.agent.host.BootClock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Goes on only when somebody waits. */
public final class TurnedClock implements BootClock {
    private volatile Duration now = Duration.ofSeconds(100);
    private volatile Duration end = Duration.ofDays(10_000);

    @Override
    public Duration sinceBoot() {
        return now;
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
        if (now.plus(duration).compareTo(end) > 0) {
            new CountDownLatch(1).await();
        }
        now = now.plus(duration);
    }

    /** Whoever waits for longer than this waits until interrupted. */
    public void endsIn(Duration left) {
        end = now.plus(left);
    }

    public void reboot() {
        now = Duration.ofSeconds(20);
    }
}
