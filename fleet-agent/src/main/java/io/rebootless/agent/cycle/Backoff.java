package io.rebootless.agent.cycle;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to leave something alone that has failed: twice as long each time, and never all hosts at once.
 *
 * @param first after the first failure, at most
 * @param longest however often it fails
 */
record Backoff(Duration first, Duration longest) {
    private static final int MAX_DOUBLINGS = 20;

    /** Between half of the time and all of it. */
    Duration after(int failures, RandomGenerator random) {
        int doublings = Math.min(Math.max(failures - 1, 0), MAX_DOUBLINGS);
        long whole = Math.min(first.toMillis() << doublings, longest.toMillis());
        return Duration.ofMillis(whole / 2 + random.nextLong(whole / 2 + 1));
    }
}
