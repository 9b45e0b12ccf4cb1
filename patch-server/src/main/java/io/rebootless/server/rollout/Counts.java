package io.rebootless.server.rollout;

import io.rebootless.wire.Rollout;
import io.rebootless.wire.RolloutHostState;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many hosts of a rollout stand where.
 *
 * @param states all of them
 * @param idle of the held and gone ones those that were handed the bundle before
 * @param left of the gone ones those that were not
 * @param lastSettled when the last of the settled ones has; absent if none has
 */
record Counts(
        Map<RolloutHostState, Integer> states,
        int idle,
        int left,
        @Nullable Instant lastSettled) {
    Counts {
        states = Map.copyOf(states);
    }

    /** One host, as far as it is counted. */
    record Counted(RolloutHostState state, boolean handed, Instant since) {}

    static Counts of(Collection<Counted> hosts) {
        var states = new EnumMap<RolloutHostState, Integer>(RolloutHostState.class);
        int idle = 0;
        int left = 0;
        Instant lastSettled = null;
        for (Counted host : hosts) {
            states.merge(host.state(), 1, Integer::sum);
            if (host.state() == RolloutHostState.HELD || host.state() == RolloutHostState.GONE) {
                idle += host.handed() ? 1 : 0;
                left += !host.handed() && host.state() == RolloutHostState.GONE ? 1 : 0;
            }
            if (host.state() == RolloutHostState.SETTLED
                    && (lastSettled == null || host.since().isAfter(lastSettled))) {
                lastSettled = host.since();
            }
        }
        return new Counts(states, idle, left, lastSettled);
    }

    int of(RolloutHostState state) {
        return states.getOrDefault(state, 0);
    }

    /** Those that have the bundle, had it, or may fetch it. */
    int reached() {
        return of(RolloutHostState.RELEASED)
                + of(RolloutHostState.HANDED)
                + of(RolloutHostState.SETTLED)
                + of(RolloutHostState.FAILED)
                + incidents()
                + idle;
    }

    /** Those of them that can settle. */
    int watched() {
        return reached() - idle;
    }

    int incidents() {
        return of(RolloutHostState.INCIDENT) + of(RolloutHostState.SILENT);
    }

    int failures() {
        return of(RolloutHostState.FAILED);
    }

    /** All that the rollout is for: shares are shares of these. */
    int whole() {
        return states.values().stream().mapToInt(Integer::intValue).sum() - left;
    }

    Rollout.Hosts view() {
        return new Rollout.Hosts(
                of(RolloutHostState.DRAWN),
                of(RolloutHostState.RELEASED),
                of(RolloutHostState.HANDED),
                of(RolloutHostState.SETTLED),
                of(RolloutHostState.FAILED),
                of(RolloutHostState.INCIDENT),
                of(RolloutHostState.SILENT),
                of(RolloutHostState.UNREACHED),
                of(RolloutHostState.HELD),
                of(RolloutHostState.GONE));
    }
}
