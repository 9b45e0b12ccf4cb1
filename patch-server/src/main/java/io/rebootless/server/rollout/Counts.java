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
 * @param incidents of those that crashed, failed a probe or are silent, the ones that nobody has excused
 * @param failures the same of those that failed
 * @param lastSettled when the last of the settled ones has; absent if none has
 */
record Counts(
        Map<RolloutHostState, Integer> states,
        int incidents,
        int failures,
        @Nullable Instant lastSettled) {
    Counts {
        states = Map.copyOf(states);
    }

    /** One host, as far as it is counted. */
    record Counted(RolloutHostState state, boolean excused, Instant since) {}

    static Counts of(Collection<Counted> hosts) {
        var states = new EnumMap<RolloutHostState, Integer>(RolloutHostState.class);
        int incidents = 0;
        int failures = 0;
        Instant lastSettled = null;
        for (Counted host : hosts) {
            states.merge(host.state(), 1, Integer::sum);
            switch (host.state()) {
                case INCIDENT, SILENT -> incidents += host.excused() ? 0 : 1;
                case FAILED -> failures += host.excused() ? 0 : 1;
                case DRAWN, RELEASED, HANDED, SETTLED, UNREACHED, HELD, GONE -> {}
            }
            if (host.state() == RolloutHostState.SETTLED
                    && (lastSettled == null || host.since().isAfter(lastSettled))) {
                lastSettled = host.since();
            }
        }
        return new Counts(states, incidents, failures, lastSettled);
    }

    int of(RolloutHostState state) {
        return states.getOrDefault(state, 0);
    }

    /**
     * Those that have the bundle or may fetch it, and by which it is judged: neither those that were held or have gone
     * since, nor those that an operator has excused. Others take their places.
     */
    int reached() {
        return of(RolloutHostState.RELEASED)
                + of(RolloutHostState.HANDED)
                + of(RolloutHostState.SETTLED)
                + incidents
                + failures;
    }

    /** All that the rollout is for: shares are shares of these. */
    int whole() {
        return states.values().stream().mapToInt(Integer::intValue).sum() - of(RolloutHostState.GONE);
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
