package io.rebootless.server.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a server may take hosts for silent: only when it has listened for an hour or for three polls, without a break,
 * and its clock has moved on by as much. A machine that slept, a clock that was set or is not the database's, and a
 * database that was away, without which no host can be heard, make whole fleets look silent.
 */
final class SilenceRule {
    /** How far clocks may be apart: far more than any that are kept, far less than what makes a host silent. */
    static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final Duration SHORTEST = Duration.ofHours(1);

    private SilenceRule() {}

    /** For how long hosts are to have had the chance to be heard that poll so often. */
    static Duration longEnough(Duration poll) {
        Duration several = poll.multipliedBy(3);
        return several.compareTo(SHORTEST) > 0 ? several : SHORTEST;
    }

    /**
     * A look at the clocks.
     *
     * @param wall this server's clock
     * @param listened how long this server has run, by a clock that nobody sets and that stands while the machine sleeps
     */
    record Look(Instant wall, Duration listened) {}

    /**
     * What is known from one look to the next.
     *
     * @param last the look before
     * @param since from when on, as {@link Look#listened}, nothing kept hosts from being heard
     */
    record Listening(Look last, Duration since) {
        static Listening begun(Look now) {
            return new Listening(now, now.listened());
        }
    }

    /** What came of it. */
    enum Verdict {
        JUDGE,
        /** It has not listened for long enough. */
        LISTEN,
        /** It moved on by something else than the server has listened for. */
        CLOCK_MOVED,
        /** It is not what the database's says, by which hosts were last seen. */
        CLOCK_DIFFERS,
        DATABASE_AWAY
    }

    /** With what is to be known at the next look. */
    record Outcome(Verdict verdict, Listening next) {}

    /**
     * Decides at a look.
     *
     * @param database what the database's clock says now; absent if it does not answer
     * @param enough as {@link #longEnough} has it
     */
    static Outcome decide(Listening before, Look now, Optional<Instant> database, Duration enough) {
        Duration moved = Duration.between(before.last().wall(), now.wall());
        Duration listened = now.listened().minus(before.last().listened());
        if (database.isEmpty()) {
            return again(Verdict.DATABASE_AWAY, now);
        }
        if (apart(moved, listened)) {
            return again(Verdict.CLOCK_MOVED, now);
        }
        if (apart(Duration.between(database.get(), now.wall()), Duration.ZERO)) {
            return again(Verdict.CLOCK_DIFFERS, now);
        }
        boolean heardAll = now.listened().minus(before.since()).compareTo(enough) >= 0;
        return new Outcome(heardAll ? Verdict.JUDGE : Verdict.LISTEN, new Listening(now, before.since()));
    }

    private static Outcome again(Verdict verdict, Look now) {
        return new Outcome(verdict, Listening.begun(now));
    }

    private static boolean apart(Duration one, Duration other) {
        return one.minus(other).abs().compareTo(TOLERANCE) > 0;
    }
}
