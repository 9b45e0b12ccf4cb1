package io.rebootless.server.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Tells two machines with one token from one machine that reboots, was restored from a snapshot, lost its state or got
 * another system. {@code /etc/machine-id}, the journal and the token are copied with a disk; the boot id is not: a
 * kernel draws it anew. Of one machine only one boot runs at a time. So the reports of each boot are taken together as
 * a run, from its first to its last, for as long as the host's uptime goes with the server's clock; and two runs that
 * overlap are two machines.
 *
 * <p>Why nobody is accused wrongly: a report may be {@value #MAX_DELAY_SECONDS} s on its way, so the last one of a boot
 * may come after the first one of the next, but not later than that. A machine that is set back to a snapshot and forth
 * again lacks in its uptime the time that it did not run; a run tolerates {@value #TOLERANCE_SECONDS} s of that in all,
 * which a delay of its first report can make {@value #MAX_DELAY_SECONDS} s more, and then begins anew. While two runs of
 * one machine overlap, one of them lacks each second: so they do for at most twice both, and once more the delay until
 * the last report is here. That is five minutes, and {@link #PROOF} is more. Only a snapshot whose uptime is ahead of
 * the run by just what it lacks hides that: so where a boot was set back, what it has lived through before counts for
 * nothing, and each boot must have come back after another {@value #RETURNS} times. What it does not see: two copies made of running memory, which share even the
 * boot id.
 */
final class CloneRule {
    static final int MAX_DELAY_SECONDS = 60;
    static final int TOLERANCE_SECONDS = 60;

    /** So often must each boot be heard again after another. */
    static final int RETURNS = 3;

    /** So long must two boots be heard side by side. */
    static final Duration PROOF = Duration.ofMinutes(6);

    private CloneRule() {}

    /**
     * The reports of one boot, taken together.
     *
     * @param firstAt when the first was taken in, by the one clock of all servers
     * @param firstUptime what it said of its uptime, in seconds
     * @param firstTurn its place among all reports of the host
     * @param lastAt when the last was taken in
     * @param lastTurn its place
     * @param topUptime the most that was ever heard of this boot
     * @param setBackFrom the same before this run: up to there the boot lives again what it has lived through already
     * @param returns how often it was heard again after another boot
     */
    record Run(
            String bootId,
            Instant firstAt,
            long firstUptime,
            long firstTurn,
            Instant lastAt,
            long lastTurn,
            long topUptime,
            long setBackFrom,
            int returns) {
        /** Whether a report goes with the run: as much time has passed there as here. */
        private boolean goesOnWith(long uptime, Instant at) {
            if (uptime <= setBackFrom) {
                return false;
            }
            long here = Duration.between(firstAt, at).toSeconds();
            return Math.abs(here - (uptime - firstUptime)) <= TOLERANCE_SECONDS;
        }

        private Run goingOn(long uptime, Instant at, long turn) {
            return new Run(
                    bootId,
                    firstAt,
                    firstUptime,
                    firstTurn,
                    at,
                    turn,
                    Math.max(topUptime, uptime),
                    setBackFrom,
                    lastTurn == turn - 1 ? returns : returns + 1);
        }
    }

    /** The run that a report belongs to, with the report: one that is known, or a new one. */
    static Run heard(List<Run> known, String bootId, long uptime, Instant at) {
        long turn = 1 + known.stream().mapToLong(Run::lastTurn).max().orElse(0);
        var same = known.stream().filter(run -> run.bootId().equals(bootId)).findAny();
        return same.filter(run -> run.goesOnWith(uptime, at))
                .map(run -> run.goingOn(uptime, at, turn))
                .orElseGet(() -> {
                    long before = same.map(Run::topUptime).orElse(-1L);
                    return new Run(bootId, at, uptime, turn, at, turn, Math.max(before, uptime), before, 0);
                });
    }

    /** The run that proves another machine beside the one that has just been heard. */
    static Optional<Run> cloneOf(Run now, List<Run> known) {
        return known.stream()
                .filter(other -> !other.bootId().equals(now.bootId()))
                .filter(other -> sideBySide(now, other))
                .findFirst();
    }

    /** The turns make sure of it where a clock was set. */
    private static boolean sideBySide(Run one, Run other) {
        Instant from = one.firstAt().isAfter(other.firstAt()) ? one.firstAt() : other.firstAt();
        Instant to = one.lastAt().isBefore(other.lastAt()) ? one.lastAt() : other.lastAt();
        return one.returns() >= RETURNS
                && other.returns() >= RETURNS
                && one.lastTurn() > other.firstTurn()
                && other.lastTurn() > one.firstTurn()
                && !from.plus(PROOF).isAfter(to);
    }
}
