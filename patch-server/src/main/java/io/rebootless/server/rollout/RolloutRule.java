package io.rebootless.server.rollout;

import io.rebootless.wire.RolloutHostState;
import io.rebootless.wire.RolloutPlan;
import io.rebootless.wire.RolloutPlan.Ring;
import io.rebootless.wire.RolloutPlan.Start;
import io.rebootless.wire.RolloutState;
import java.time.Instant;
import java.util.Optional;

/** What happens next in the rollout of a bundle. Whatever is in doubt, no further host is handed it. */
final class RolloutRule {
    private RolloutRule() {}

    /**
     * Where the rollout stands.
     *
     * @param ring the one under way, counted from 1; 0 before the first
     * @param published when the bundle was
     * @param approved whether somebody has let it begin
     * @param paused whether an operator has told it to stand still
     * @param withdrawn whether the bundle was taken back
     * @param outrun whether one of a higher level has begun for the same kernel build
     * @param newcomers whether hosts run the kernel build that were not drawn
     * @param quarantined whether the bundle is
     */
    record Situation(
            RolloutPlan plan,
            RolloutState state,
            int ring,
            Instant published,
            boolean approved,
            boolean paused,
            boolean withdrawn,
            boolean outrun,
            boolean newcomers,
            boolean quarantined) {}

    /** One step. */
    sealed interface Step {
        /** Nothing happens, for a reason that people are told. */
        record Stay(String why) implements Step {}

        /** All hosts of the kernel build that were not drawn yet are, and the first ring begins. */
        record Draw() implements Step {}

        /** So many more hosts may have the bundle. */
        record Release(int hosts) implements Step {}

        /** Those that may have it, and were not handed it, may not have it any more. */
        record TakeBack(String why) implements Step {}

        /** The next ring begins. */
        record NextRing() implements Step {}

        /** It has stopped by itself. */
        record Halt(String why, boolean quarantine) implements Step {}

        /** The bundle is stopped where it goes on no more, but hosts are under way. */
        record Quarantine(String why) implements Step {}

        /** It is over. */
        record End(RolloutState state, String why) implements Step {}
    }

    static Step next(Situation rollout, Counts hosts, Instant now) {
        if (rollout.withdrawn() && rollout.state() != RolloutState.WITHDRAWN) {
            return new Step.End(RolloutState.WITHDRAWN, "the bundle was withdrawn");
        }
        if (rollout.outrun() && rollout.state().active()) {
            return new Step.End(RolloutState.SUPERSEDED, "a higher level is on its way to this kernel build");
        }
        return switch (rollout.state()) {
            case WAITING -> begin(rollout, now);
            case RUNNING -> goOn(rollout, hosts, now);
            case HALTED, SUPERSEDED, ABORTED -> watch(rollout, hosts);
            case COMPLETED, WITHDRAWN -> new Step.Stay("it is over");
        };
    }

    private static Step begin(Situation rollout, Instant now) {
        RolloutPlan plan = rollout.plan();
        if (plan.start() == Start.APPROVED && !rollout.approved()) {
            return new Step.Stay("it waits for another person's approval");
        }
        var blocked = blocked(rollout, now);
        if (blocked.isPresent()) {
            return new Step.Stay(blocked.get());
        }
        if (plan.rings().isEmpty()) {
            return new Step.End(RolloutState.COMPLETED, "everybody at once, as the plan has it");
        }
        return rollout.newcomers() ? new Step.Draw() : new Step.Stay("no host runs this kernel build");
    }

    /** Why no host may be handed anything now, threshold or not. */
    private static Optional<String> blocked(Situation rollout, Instant now) {
        RolloutPlan plan = rollout.plan();
        Instant earliest = rollout.published().plus(plan.delay());
        if (rollout.paused()) {
            return Optional.of("it is paused");
        }
        if (plan.notBefore() != null && now.isBefore(plan.notBefore())) {
            return Optional.of("not before " + plan.notBefore());
        }
        if (now.isBefore(earliest)) {
            return Optional.of("not before " + earliest);
        }
        if (plan.windows() != null && !plan.windows().open(now)) {
            return Optional.of("no maintenance window is open");
        }
        return Optional.empty();
    }

    /** It does not go on by itself, but hosts that have the bundle may still show what it does. */
    private static Step watch(Situation rollout, Counts hosts) {
        var incidents = tooManyIncidents(rollout.plan(), hosts);
        return incidents.isPresent() && !rollout.quarantined()
                ? new Step.Quarantine(incidents.get())
                : new Step.Stay("it does not go on by itself");
    }

    private static Optional<String> tooManyIncidents(RolloutPlan plan, Counts hosts) {
        return hosts.incidents() > plan.allowedIncidents().roundedDown(hosts.reached())
                ? Optional.of(
                        "%d of %d hosts that it has reached seem to have crashed, are silent or have failed a probe; %s allowed"
                                .formatted(hosts.incidents(), hosts.reached(), plan.allowedIncidents()))
                : Optional.empty();
    }

    private static Step goOn(Situation rollout, Counts hosts, Instant now) {
        RolloutPlan plan = rollout.plan();
        var incidents = tooManyIncidents(plan, hosts);
        if (incidents.isPresent()) {
            return new Step.Halt(incidents.get(), true);
        }
        if (hosts.failures() > plan.allowedFailures().roundedDown(hosts.reached())) {
            return new Step.Halt(
                    "%d of %d hosts that it has reached have refused it or failed; %s allowed"
                            .formatted(hosts.failures(), hosts.reached(), plan.allowedFailures()),
                    false);
        }
        var blocked = blocked(rollout, now);
        if (blocked.isPresent()) {
            return hosts.of(RolloutHostState.RELEASED) > 0
                    ? new Step.TakeBack(blocked.get())
                    : new Step.Stay(blocked.get());
        }
        if (hosts.reached() == 0 && hosts.of(RolloutHostState.DRAWN) == 0) {
            return rollout.newcomers()
                    ? new Step.Draw()
                    : new Step.Stay("none of its hosts is within reach: see which are unreached, held or gone");
        }
        Ring ring = plan.rings().get(rollout.ring() - 1);
        int room = ring.reach().roundedUp(hosts.whole()) - hosts.reached();
        int next = Math.min(room, hosts.of(RolloutHostState.DRAWN));
        if (next > 0) {
            return new Step.Release(next);
        }
        if (room > 0 && rollout.ring() < plan.rings().size()) {
            // Or those few that are heard of would stand for all the others, who come back at once.
            return new Step.Stay("ring %d waits for %d more hosts: %d are not heard of, %d held"
                    .formatted(
                            rollout.ring(),
                            room,
                            hosts.of(RolloutHostState.UNREACHED),
                            hosts.of(RolloutHostState.HELD)));
        }
        return close(rollout, ring, hosts, now);
    }

    /** All hosts of a ring have their turn; whether that is enough. */
    private static Step close(Situation rollout, Ring ring, Counts hosts, Instant now) {
        int settled = hosts.of(RolloutHostState.SETTLED);
        int wanted = Math.max(1, ring.settled().roundedUp(hosts.reached()));
        if (settled < wanted || hosts.lastSettled() == null) {
            return new Step.Stay(
                    "ring %d waits for %d hosts to settle; %d have".formatted(rollout.ring(), wanted, settled));
        }
        Instant baked = hosts.lastSettled().plus(ring.bake());
        if (now.isBefore(baked)) {
            return new Step.Stay("ring %d is watched until %s".formatted(rollout.ring(), baked));
        }
        if (rollout.ring() < rollout.plan().rings().size()) {
            return new Step.NextRing();
        }
        int underWay = hosts.of(RolloutHostState.RELEASED) + hosts.of(RolloutHostState.HANDED);
        return underWay > 0
                ? new Step.Stay("the last %d hosts are under way".formatted(underWay))
                : new Step.End(RolloutState.COMPLETED, "every host has had its turn");
    }
}
