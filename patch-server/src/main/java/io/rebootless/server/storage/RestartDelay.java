package io.rebootless.server.storage;

import java.time.Duration;

/** How long to wait before starting a PostgreSQL that has ended. */
final class RestartDelay {
    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final int DOUBLINGS = 7;

    private RestartDelay() {}

    /**
     * A quarter of a second, doubled with every failure up to half a minute.
     *
     * @param failures attempts that have failed since it ran last, 0 or more
     */
    static Duration after(int failures) {
        Duration delay = FIRST.multipliedBy(1L << Math.min(failures, DOUBLINGS));
        return delay.compareTo(LONGEST) < 0 ? delay : LONGEST;
    }
}
