package io.rebootless.server.fleet;

import java.time.Duration;
import java.time.Instant;

/**
 * Whether a server may take hosts for silent: only after it has listened all the time by which its clock has moved on. A
 * machine that slept, a clock that was set, and a clock that is not the database's make whole fleets look silent.
 */
final class SilenceRule {
    /** How far clocks may be apart: far more than any that are kept, far less than what makes a host silent. */
    static final Duration TOLERANCE = Duration.ofMinutes(5);

    private SilenceRule() {}

    /**
     * A look at the clocks.
     *
     * @param wall this server's clock
     * @param listened how long this server has run, by a clock that nobody sets and that stands while the machine sleeps
     */
    record Look(Instant wall, Duration listened) {}

    /** What came of it. */
    enum Verdict {
        JUDGE,
        /** It moved on by something else than the server has listened for. */
        CLOCK_MOVED,
        /** It is not what the database's says, by which hosts were last seen. */
        CLOCK_DIFFERS
    }

    /**
     * Decides at a look.
     *
     * @param before the look before this one
     * @param database what the database's clock says now
     */
    static Verdict decide(Look before, Look now, Instant database) {
        Duration moved = Duration.between(before.wall(), now.wall());
        Duration listened = now.listened().minus(before.listened());
        if (apart(moved, listened)) {
            return Verdict.CLOCK_MOVED;
        }
        return apart(Duration.between(database, now.wall()), Duration.ZERO) ? Verdict.CLOCK_DIFFERS : Verdict.JUDGE;
    }

    private static boolean apart(Duration one, Duration other) {
        return one.minus(other).abs().compareTo(TOLERANCE) > 0;
    }
}
