package io.rebootless.server.rollout;

import java.time.Duration;
import java.time.Instant;

/**
 * Since when a server has been there to hear hosts, by the database's clock: not while it was off, slept, or could not reach
 * the database.
 *
 * @param since from when on it has looked without a break
 * @param looked when it did last
 */
record Listening(Instant since, Instant looked) {
    static final Listening NOT_YET = new Listening(Instant.EPOCH, Instant.EPOCH);

    /** So long without a look, and hosts may have spoken unheard; no plan takes a host for silent within twice that. */
    private static final Duration BREAK = Duration.ofSeconds(5);

    /** What it comes to at another look; a clock that was set back begins anew, too. */
    Listening at(Instant now) {
        boolean unbroken = !now.isBefore(looked) && now.isBefore(looked.plus(BREAK));
        return new Listening(unbroken ? since : now, now);
    }
}
