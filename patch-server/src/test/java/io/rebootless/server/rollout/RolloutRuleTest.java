package io.rebootless.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.rollout.RolloutRule.Situation;
import io.rebootless.server.rollout.RolloutRule.Step;
import io.rebootless.server.rollout.SimulatedRollout.Fate;
import io.rebootless.wire.Amount;
import io.rebootless.wire.RolloutHostState;
import io.rebootless.wire.RolloutPlan;
import io.rebootless.wire.RolloutPlan.Ring;
import io.rebootless.wire.RolloutPlan.Start;
import io.rebootless.wire.RolloutPlan.Window;
import io.rebootless.wire.RolloutPlan.Windows;
import io.rebootless.wire.RolloutState;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RolloutRuleTest {
    private static final Instant NOW = SimulatedRollout.START;

    /** Longer than any silence of the careful plan, ring by ring. */
    private static final int LONG = 400;

    @Property(tries = 300)
    void never_more_than_the_rings_share_and_nothing_goes_on_while_a_threshold_is_exceeded(
            @ForAll("fates") List<Fate> fates, @ForAll("plans") RolloutPlan plan, @ForAll long seed) {
        var rollout = new SimulatedRollout(plan, fates, seed);
        rollout.ticks(LONG);
        assertThat(rollout.violations).isEmpty();
    }

    @Property(tries = 300)
    void what_has_halted_reaches_no_further_host(
            @ForAll("fates") List<Fate> fates, @ForAll("plans") RolloutPlan plan, @ForAll long seed) {
        var rollout = new SimulatedRollout(plan, fates, seed);
        for (int i = 0; i < LONG && rollout.state() != RolloutState.HALTED; i++) {
            rollout.tick();
        }
        var before = List.copyOf(rollout.handed);
        rollout.ticks(50);
        if (rollout.state() == RolloutState.HALTED) {
            assertThat(rollout.handed).hasSize(before.size());
        }
    }

    @Property(tries = 300)
    void every_host_ends_in_a_stated_state(
            @ForAll("fates") List<Fate> fates, @ForAll("plans") RolloutPlan plan, @ForAll long seed) {
        var rollout = new SimulatedRollout(plan, fates, seed);
        rollout.ticks(LONG);
        if (rollout.state() == RolloutState.COMPLETED) {
            assertThat(rollout.states())
                    .doesNotContain(RolloutHostState.DRAWN, RolloutHostState.RELEASED)
                    .as("those that nobody has heard of are named, not counted as done")
                    .filteredOn(state -> state == RolloutHostState.UNREACHED)
                    .hasSize(Collections.frequency(fates, Fate.NEVER_THERE));
        } else {
            assertThat(rollout.states()).doesNotContain(RolloutHostState.RELEASED, RolloutHostState.HANDED);
        }
    }

    @Property(tries = 100)
    void a_fleet_that_can_settle_does(
            @ForAll @IntRange(min = 1, max = 300) int hosts, @ForAll("plans") RolloutPlan plan, @ForAll long seed) {
        var rollout = new SimulatedRollout(plan, Collections.nCopies(hosts, Fate.SETTLES), seed);
        rollout.ticks(LONG);
        assertThat(rollout.state()).isEqualTo(RolloutState.COMPLETED);
        assertThat(rollout.handed).hasSize(hosts);
    }

    @Property(tries = 100)
    void by_the_careful_plan_a_bundle_that_crashes_everybody_crashes_one_in_a_hundred(
            @ForAll @IntRange(min = 1, max = 1000) int hosts, @ForAll long seed) {
        var rollout = new SimulatedRollout(RolloutPlan.CAREFUL, Collections.nCopies(hosts, Fate.CRASHES), seed);
        rollout.ticks(LONG);
        assertThat(rollout.state()).isEqualTo(RolloutState.HALTED);
        assertThat(rollout.handed.size()).isLessThanOrEqualTo((hosts + 99) / 100);
    }

    @Provide
    Arbitrary<List<Fate>> fates() {
        return Arbitraries.frequency(
                        net.jqwik.api.Tuple.of(60, Fate.SETTLES),
                        net.jqwik.api.Tuple.of(2, Fate.FAILS),
                        net.jqwik.api.Tuple.of(1, Fate.CRASHES),
                        net.jqwik.api.Tuple.of(1, Fate.FALLS_SILENT),
                        net.jqwik.api.Tuple.of(4, Fate.NEVER_THERE))
                .list()
                .ofMinSize(1)
                .ofMaxSize(200);
    }

    @Provide
    Arbitrary<RolloutPlan> plans() {
        var allowed = Arbitraries.of("0", "1", "3%", "10%").map(Amount::parse);
        var reach = Arbitraries.of("1", "5", "1%", "20%", "60%").map(Amount::parse);
        var rings = reach.list().ofMaxSize(4).map(amounts -> {
            var all = new java.util.ArrayList<Ring>();
            for (Amount amount : amounts) {
                // No plan has rings of one kind that do not grow; which of a count and a share is more, depends.
                var before =
                        all.isEmpty() ? Amount.NONE : all.get(all.size() - 1).reach();
                if (before.share() != amount.share() || before.number().compareTo(amount.number()) < 0) {
                    all.add(new Ring(amount, Amount.parse("80%"), Duration.ZERO));
                }
            }
            all.add(new Ring(Amount.ALL, Amount.parse("80%"), Duration.ofMinutes(3)));
            return List.copyOf(all);
        });
        return net.jqwik.api.Combinators.combine(rings, allowed, allowed)
                .as((some, incidents, failures) -> plan(some, incidents, failures, Start.AUTOMATIC, null, null));
    }

    private static RolloutPlan plan(
            List<Ring> rings, Amount incidents, Amount failures, Start start, Instant notBefore, Windows windows) {
        return new RolloutPlan(
                rings,
                incidents,
                failures,
                Duration.ofMinutes(10),
                Duration.ofMinutes(30),
                Duration.ofDays(1),
                Duration.ZERO,
                notBefore,
                start,
                null,
                windows);
    }

    private static RolloutPlan careful(Start start, Instant notBefore, Windows windows) {
        return plan(RolloutPlan.CAREFUL.rings(), Amount.NONE, Amount.parse("5%"), start, notBefore, windows);
    }

    private static Step first(RolloutPlan plan, boolean approved) {
        return RolloutRule.next(
                new Situation(plan, RolloutState.WAITING, 0, NOW, approved, false, false, false, true, false),
                Counts.of(List.of()),
                NOW);
    }

    @Test
    void it_waits_for_another_persons_approval_if_the_plan_says_so() {
        var plan = careful(Start.APPROVED, null, null);
        assertThat(first(plan, false)).isInstanceOf(Step.Stay.class);
        assertThat(first(plan, true)).isInstanceOf(Step.Draw.class);
    }

    @Test
    void it_waits_for_its_date_and_its_window() {
        assertThat(first(careful(Start.AUTOMATIC, NOW.plusSeconds(1), null), false))
                .isEqualTo(new Step.Stay("not before 2026-11-29T10:00:01Z"));
        assertThat(first(careful(Start.AUTOMATIC, NOW, null), false)).isInstanceOf(Step.Draw.class);
        // It is a Sunday, eleven in Berlin.
        var shut = new Windows("Europe/Berlin", List.of(new Window(List.of(DayOfWeek.SUNDAY), "10:00", "11:00")));
        var open = new Windows("Europe/Berlin", List.of(new Window(List.of(DayOfWeek.SUNDAY), "11:00", "11:01")));
        assertThat(first(careful(Start.AUTOMATIC, null, shut), false)).isInstanceOf(Step.Stay.class);
        assertThat(first(careful(Start.AUTOMATIC, null, open), false)).isInstanceOf(Step.Draw.class);
    }

    @Test
    void a_build_that_nobody_runs_waits_for_its_first_host_unless_everybody_is_to_have_it_at_once() {
        var nobody = new Situation(
                RolloutPlan.CAREFUL, RolloutState.WAITING, 0, NOW, false, false, false, false, false, false);
        assertThat(RolloutRule.next(nobody, Counts.of(List.of()), NOW)).isInstanceOf(Step.Stay.class);
        assertThat(first(RolloutPlan.AT_ONCE, false))
                .isEqualTo(new Step.End(RolloutState.COMPLETED, "everybody at once, as the plan has it"));
    }

    @Test
    void a_pause_takes_back_what_was_not_handed_and_a_window_that_closes_too() {
        var rollout = new SimulatedRollout(RolloutPlan.CAREFUL, Collections.nCopies(500, Fate.SETTLES), 7);
        while (rollout.counts().of(RolloutHostState.RELEASED) == 0) {
            rollout.tick();
        }
        rollout.paused = true;
        rollout.tick();
        assertThat(rollout.counts().of(RolloutHostState.RELEASED)).isZero();
        int before = rollout.handed.size();
        rollout.ticks(100);
        assertThat(rollout.handed).hasSize(before);
        rollout.paused = false;
        rollout.ticks(LONG);
        assertThat(rollout.state()).isEqualTo(RolloutState.COMPLETED);
    }

    private static Situation running(RolloutState state, boolean quarantined) {
        return new Situation(RolloutPlan.CAREFUL, state, 1, NOW, false, false, false, false, false, quarantined);
    }

    private static Counts.Counted one(RolloutHostState state, boolean excused) {
        return new Counts.Counted(state, excused, NOW);
    }

    private static Step next(Situation rollout, Counts.Counted... hosts) {
        return RolloutRule.next(rollout, Counts.of(List.of(hosts)), NOW);
    }

    @Test
    void what_an_operator_has_excused_does_not_halt_it_again_and_another_host_takes_its_place() {
        var drawn = one(RolloutHostState.DRAWN, false);
        assertThat(next(running(RolloutState.RUNNING, false), one(RolloutHostState.INCIDENT, false), drawn))
                .isInstanceOfSatisfying(
                        Step.Halt.class, halt -> assertThat(halt.quarantine()).isTrue());
        assertThat(next(running(RolloutState.RUNNING, false), one(RolloutHostState.INCIDENT, true), drawn))
                .isEqualTo(new Step.Release(1));
        assertThat(next(
                        running(RolloutState.RUNNING, false),
                        one(RolloutHostState.INCIDENT, true),
                        one(RolloutHostState.INCIDENT, false),
                        drawn))
                .as("what one host is excused of, no other is")
                .isInstanceOf(Step.Halt.class);
    }

    @Test
    void one_that_has_gone_since_it_was_handed_the_bundle_is_replaced() {
        assertThat(next(
                        running(RolloutState.RUNNING, false),
                        one(RolloutHostState.GONE, false),
                        one(RolloutHostState.DRAWN, false)))
                .isEqualTo(new Step.Release(1));
    }

    @Test
    void those_few_that_are_heard_of_do_not_stand_for_all_the_others() {
        var hosts = new java.util.ArrayList<>(Collections.nCopies(95, one(RolloutHostState.UNREACHED, false)));
        hosts.addAll(Collections.nCopies(5, one(RolloutHostState.SETTLED, false)));
        var second = new Situation(
                RolloutPlan.CAREFUL, RolloutState.RUNNING, 2, NOW, false, false, false, false, false, false);
        assertThat(RolloutRule.next(second, Counts.of(hosts), NOW))
                .isEqualTo(new Step.Stay("ring 2 waits for 5 more hosts: 95 are not heard of, 0 held"));
    }

    @Test
    void what_is_over_is_still_watched_while_hosts_are_under_way() {
        for (var state : List.of(RolloutState.SUPERSEDED, RolloutState.ABORTED, RolloutState.HALTED)) {
            assertThat(next(running(state, false), one(RolloutHostState.INCIDENT, false)))
                    .isInstanceOf(Step.Quarantine.class);
            assertThat(next(running(state, true), one(RolloutHostState.INCIDENT, false)))
                    .isInstanceOf(Step.Stay.class);
        }
    }

    @Test
    void what_has_ended_ends_once() {
        for (var state : List.of(RolloutState.SUPERSEDED, RolloutState.ABORTED, RolloutState.COMPLETED)) {
            var outrun = new Situation(RolloutPlan.CAREFUL, state, 1, NOW, false, false, false, true, false, false);
            assertThat(next(outrun)).isInstanceOf(Step.Stay.class);
        }
        var withdrawn = new Situation(
                RolloutPlan.CAREFUL, RolloutState.WITHDRAWN, 1, NOW, false, false, true, true, false, false);
        assertThat(next(withdrawn)).isInstanceOf(Step.Stay.class);
    }
}
