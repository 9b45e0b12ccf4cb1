package io.rebootless.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.tls.AuthorityRotation.Left;
import io.rebootless.server.tls.AuthorityRotation.Missing;
import io.rebootless.server.tls.AuthorityRotation.Permission;
import io.rebootless.server.tls.AuthorityRotation.State;
import io.rebootless.server.tls.AuthorityRotation.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** When one authority makes room for the next. */
class AuthorityRotationTest {
    private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");
    private static final Duration GRACE = Duration.ofDays(7);
    private static final Missing NOBODY = new Missing(0, 0);

    private static Instant in(int days) {
        return NOW.plus(Duration.ofDays(days));
    }

    private static State alone(int endsInDays) {
        return new State(in(endsInDays), Optional.empty(), Optional.empty());
    }

    private static State announced(int daysAgo, int endsInDays) {
        return new State(in(endsInDays), Optional.of(in(-daysAgo)), Optional.empty());
    }

    private static State left(int daysAgo, int formerEndsInDays) {
        return new State(in(7000), Optional.empty(), Optional.of(new Left(in(-daysAgo), in(formerEndsInDays))));
    }

    private static Step next(State state, Missing missing) {
        return AuthorityRotation.next(state, missing, GRACE, NOW);
    }

    @Test
    void the_next_one_is_announced_two_years_before_the_end() {
        assertThat(next(alone(731), NOBODY)).isEqualTo(Step.NOTHING);
        assertThat(next(alone(730), NOBODY)).isEqualTo(Step.ANNOUNCE);
    }

    @Test
    void the_switch_waits_for_every_host_that_answers_and_for_the_grace() {
        assertThat(next(announced(7, 700), NOBODY)).isEqualTo(Step.SWITCH);
        assertThat(next(announced(6, 700), NOBODY)).isEqualTo(Step.NOTHING);
        assertThat(next(announced(100, 700), new Missing(1, 0))).isEqualTo(Step.NOTHING);
        assertThat(next(announced(7, 700), new Missing(0, 5)))
                .as("silent hosts do not hold it up")
                .isEqualTo(Step.SWITCH);
    }

    @Test
    void an_authority_about_to_end_is_left_whoever_has_not_followed() {
        assertThat(next(announced(1, 91), new Missing(3, 0))).isEqualTo(Step.NOTHING);
        assertThat(next(announced(1, 90), new Missing(3, 0))).isEqualTo(Step.SWITCH);
    }

    @Test
    void the_previous_one_is_forgotten_when_all_have_moved_and_a_month_has_passed_or_it_has_ended() {
        assertThat(next(left(30, 600), NOBODY)).isEqualTo(Step.FORGET);
        assertThat(next(left(29, 600), NOBODY)).isEqualTo(Step.NOTHING);
        assertThat(next(left(300, 600), new Missing(0, 1)))
                .as("a silent host may come back and know only that one")
                .isEqualTo(Step.NOTHING);
        assertThat(next(left(300, 0), new Missing(4, 1))).isEqualTo(Step.FORGET);
    }

    @Test
    void an_operator_switches_at_once_when_hosts_are_ready_and_by_force_after_the_grace() {
        var missing = new Missing(1, 0);
        assertThat(AuthorityRotation.switching(alone(9), NOBODY, true, GRACE, NOW))
                .isEqualTo(Permission.NOTHING_ANNOUNCED);
        assertThat(AuthorityRotation.switching(announced(0, 7000), new Missing(0, 9), false, GRACE, NOW))
                .isEqualTo(Permission.GRANTED);
        assertThat(AuthorityRotation.switching(announced(8, 7000), missing, false, GRACE, NOW))
                .isEqualTo(Permission.HOSTS_MISSING);
        assertThat(AuthorityRotation.switching(announced(6, 7000), missing, true, GRACE, NOW))
                .isEqualTo(Permission.HOSTS_MISSING);
        assertThat(AuthorityRotation.switching(announced(7, 7000), missing, true, GRACE, NOW))
                .isEqualTo(Permission.GRANTED);
    }

    @Property
    void no_host_that_answers_is_left_behind_before_the_authority_is_about_to_end(
            @ForAll @IntRange(max = 5000) int announcedDaysAgo,
            @ForAll @IntRange(min = 91, max = 7300) int endsInDays,
            @ForAll @IntRange(min = 1, max = 10_000) int heard,
            @ForAll @IntRange(max = 10_000) int silent) {
        assertThat(next(announced(announcedDaysAgo, endsInDays), new Missing(heard, silent)))
                .isEqualTo(Step.NOTHING);
    }

    @Property
    void there_are_never_three_generations(
            @ForAll @IntRange(max = 5000) int leftDaysAgo,
            @ForAll @IntRange(max = 7300) int endsInDays,
            @ForAll @IntRange(max = 3) int heard,
            @ForAll @IntRange(max = 3) int silent) {
        var state = new State(in(endsInDays), Optional.empty(), Optional.of(new Left(in(-leftDaysAgo), in(1))));
        assertThat(next(state, new Missing(heard, silent))).isIn(Step.NOTHING, Step.FORGET);
    }
}
