package io.rebootless.server.rollout;

import io.rebootless.server.rollout.MemberRule.Facts;
import io.rebootless.server.rollout.MemberRule.Patience;
import io.rebootless.server.rollout.MemberRule.Report;
import io.rebootless.server.rollout.RolloutRule.Situation;
import io.rebootless.server.rollout.RolloutRule.Step;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Failure;
import io.rebootless.wire.RolloutHostState;
import io.rebootless.wire.RolloutPlan;
import io.rebootless.wire.RolloutState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A rollout without a database or a server: the rules alone, over hosts that each behave in their own way. */
final class SimulatedRollout {
    static final Instant START = Instant.parse("2026-11-29T10:00:00Z");
    private static final Duration TICK = Duration.ofMinutes(1);

    /** What becomes of a host that is handed the bundle. */
    enum Fate {
        SETTLES,
        FAILS,
        CRASHES,
        FALLS_SILENT,
        NEVER_THERE
    }

    private static final class Host {
        private final Fate fate;
        private Member member;

        Host(Fate fate, Member member) {
            this.fate = fate;
            this.member = member;
        }
    }

    final List<String> violations = new ArrayList<>();
    final Set<Integer> handed = new HashSet<>();
    private final RolloutPlan plan;
    private final List<Host> hosts = new ArrayList<>();
    private final Random random;
    private Instant now = START;
    private RolloutState state = RolloutState.WAITING;
    private int ring;
    boolean paused;
    private boolean drawn;
    private boolean quarantined;

    SimulatedRollout(RolloutPlan plan, List<Fate> fates, long seed) {
        this.plan = plan;
        this.random = new Random(seed);
        for (Fate fate : fates) {
            hosts.add(new Host(
                    fate,
                    new Member(
                            new java.util.UUID(0, hosts.size()),
                            false,
                            new Facts(
                                    RolloutHostState.DRAWN,
                                    null,
                                    START,
                                    null,
                                    null,
                                    null,
                                    null,
                                    fate == Fate.NEVER_THERE ? START.minus(Duration.ofDays(1)) : START,
                                    null,
                                    false,
                                    null))));
        }
    }

    RolloutState state() {
        return state;
    }

    Counts counts() {
        return drawn
                ? Counts.of(hosts.stream().map(host -> host.member.counted()).toList())
                : Counts.of(List.of());
    }

    List<RolloutHostState> states() {
        return hosts.stream().map(host -> host.member.state()).toList();
    }

    /** A minute passes: hosts poll, apply, report or do not; then the rules have their look. */
    void tick() {
        now = now.plus(TICK);
        for (int i = 0; i < hosts.size(); i++) {
            live(i, hosts.get(i));
        }
        look();
    }

    void ticks(int count) {
        for (int i = 0; i < count; i++) {
            tick();
        }
    }

    private void live(int number, Host host) {
        Facts facts = host.member.facts();
        if (host.fate == Fate.NEVER_THERE || (host.fate == Fate.FALLS_SILENT && facts.handed() != null)) {
            return;
        }
        Instant handedAt = facts.handed();
        Report report = facts.report();
        boolean settled = facts.settled();
        RolloutHostState was = facts.was();
        if (handedAt == null && was == RolloutHostState.RELEASED && random.nextInt(3) > 0) {
            handedAt = now;
            was = RolloutHostState.HANDED;
            handed.add(number);
            if (state != RolloutState.RUNNING || paused) {
                violations.add("host %d is handed the bundle of a rollout that is %s".formatted(number, state));
            }
        } else if (handedAt != null && random.nextInt(3) == 0) {
            switch (host.fate) {
                case SETTLES -> {
                    settled = true;
                    report = new Report(AgentState.SETTLED, true, null);
                }
                case FAILS -> report = new Report(AgentState.FAILED, true, new Failure("kernel-error", "it says no"));
                case CRASHES ->
                    report = new Report(AgentState.FAILED, true, new Failure("suspected-crash", "boot ended"));
                case FALLS_SILENT, NEVER_THERE -> throw new IllegalStateException();
            }
        }
        host.member = new Member(
                host.member.host(),
                false,
                new Facts(
                        was,
                        facts.wasDetail(),
                        facts.since(),
                        facts.released(),
                        handedAt,
                        null,
                        null,
                        now,
                        report,
                        settled,
                        null));
    }

    private void look() {
        var patience =
                new Patience(plan.silentAfter(), plan.fetchWithin(), plan.settleWithin(), plan.silentAfter(), START);
        while (true) {
            if (drawn) {
                for (Host host : hosts) {
                    host.member = host.member.standing(MemberRule.of(host.member.facts(), patience, now), now);
                }
            }
            var situation = new Situation(plan, state, ring, START, false, paused, false, false, !drawn, quarantined);
            var step = RolloutRule.next(situation, counts(), now);
            if (step instanceof Step.Stay) {
                return;
            }
            take(step);
        }
    }

    private void take(Step step) {
        if (step instanceof Step.Draw) {
            drawn = true;
            state = RolloutState.RUNNING;
            ring = 1;
        } else if (step instanceof Step.Release release) {
            release(release.hosts());
        } else if (step instanceof Step.NextRing) {
            ring++;
            int allowed = plan.allowedIncidents().roundedDown(counts().reached());
            if (counts().incidents() > allowed) {
                violations.add("ring %d begins with %d incidents".formatted(ring, counts().incidents()));
            }
        } else {
            takeBack();
            if (step instanceof Step.Halt halt) {
                quarantined |= halt.quarantine();
                state = RolloutState.HALTED;
            } else if (step instanceof Step.Quarantine) {
                quarantined = true;
            } else if (step instanceof Step.End end) {
                state = end.state();
            }
        }
    }

    private void release(int count) {
        hosts.stream()
                .filter(host -> host.member.state() == RolloutHostState.DRAWN)
                .limit(count)
                .forEach(host -> move(host, RolloutHostState.RELEASED, now));
        int share = plan.rings().get(ring - 1).reach().roundedUp(counts().whole());
        if (counts().reached() > share) {
            violations.add("ring %d has reached %d of %d".formatted(ring, counts().reached(), share));
        }
    }

    private void takeBack() {
        hosts.stream()
                .filter(host -> host.member.state() == RolloutHostState.RELEASED)
                .forEach(host -> move(host, RolloutHostState.DRAWN, null));
    }

    private void move(Host host, RolloutHostState to, Instant released) {
        host.member = new Member(host.member.host(), false, host.member.facts().moved(to, null, now, released));
    }
}
