package io.rebootless.agent.cycle;

import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.policy.LocalOrders;
import io.rebootless.agent.policy.Policy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Follows what is said on this host within seconds, while the patrol waits for the server. It acts as {@code revert}
 * does beside the service: with a cycle of its own, a step at a time under the lock. The server hears of it with the
 * patrol's next report.
 */
public final class HoldWatch {
    private static final Duration GLANCE = Duration.ofSeconds(2);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);

    private final Equipment with;
    private Said followed;

    /** What kept it from following last: said once, not every time. */
    private String trouble = "";

    /** Whatever is said from now on is followed. */
    public HoldWatch(Equipment equipment) throws IOException {
        this.with = equipment;
        this.followed = said();
    }

    private record Said(List<Hold> holds, Policy policy) {}

    /** Until interrupted. */
    public void run() throws InterruptedException {
        while (true) {
            with.clock().pause(GLANCE);
            try {
                glance();
                trouble = "";
            } catch (IOException e) {
                complain(String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                // Whatever it is, the kill switch must work when it is over.
                complain(e.toString());
            }
        }
    }

    private void complain(String words) throws InterruptedException {
        if (!words.equals(trouble)) {
            trouble = words;
            with.log().error("what is said on this host cannot be followed, and is tried again: " + words);
        }
        with.clock().pause(AFTER_FAILURE);
    }

    /** Looks once, and carries out what is new. */
    void glance() throws IOException, InterruptedException {
        var now = said();
        if (!now.equals(followed)) {
            new Cycle(with).work(Uplink.NONE);
            followed = now;
        }
    }

    private Said said() throws IOException {
        LocalOrders local = with.local().read();
        return new Said(
                Holds.inEffect(with.state(), with.argument(), local, with.wall().instant()), local.policy());
    }
}
