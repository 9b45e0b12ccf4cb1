package io.rebootless.agent.cycle;

import java.time.Duration;

/**
 * How often the server may be asked, whatever it answers: ten times in a row, and then once every four seconds. A healthy
 * server holds answers back and is asked about once a minute.
 */
final class Pace {
    static final int IN_A_ROW = 10;
    static final Duration THEN_EVERY = Duration.ofSeconds(4);

    private static final Duration AHEAD = THEN_EVERY.multipliedBy(IN_A_ROW);

    /** When all that was asked so far would have been due at the steady rate, in time since boot. */
    private Duration due = Duration.ZERO;

    /** Counts one more, and says how long it must wait. */
    Duration before(Duration now) {
        due = (due.compareTo(now) > 0 ? due : now).plus(THEN_EVERY);
        var wait = due.minus(AHEAD).minus(now);
        return wait.isNegative() ? Duration.ZERO : wait;
    }
}
