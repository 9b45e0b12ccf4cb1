package io.rebootless.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.fleet.SilenceRule.Listening;
import io.rebootless.server.fleet.SilenceRule.Look;
import io.rebootless.server.fleet.SilenceRule.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SilenceRuleTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration QUARTER = Duration.ofMinutes(15);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MONTH = Duration.ofDays(30);
    private static final Look BEFORE = new Look(NOON.minus(QUARTER), Duration.ofDays(3));
    private static final Look NOW = new Look(NOON, Duration.ofDays(3).plus(QUARTER));

    /** Since the server was started three days ago. */
    private static final Listening HEARD_ALL = new Listening(BEFORE, Duration.ZERO);

    private static Verdict decide(Listening before, Look now, Instant database) {
        return SilenceRule.decide(before, now, Optional.of(database), HOUR).verdict();
    }

    @Test
    void a_server_that_has_listened_for_as_long_as_its_clock_has_moved_judges() {
        assertThat(decide(HEARD_ALL, NOW, NOON)).isEqualTo(Verdict.JUDGE);
        assertThat(decide(HEARD_ALL, NOW, NOON.plusSeconds(200))).isEqualTo(Verdict.JUDGE);
        assertThat(decide(HEARD_ALL, new Look(NOON.plusSeconds(200), NOW.listened()), NOON))
                .as("a clock that is kept right in small steps")
                .isEqualTo(Verdict.JUDGE);
    }

    @Test
    void one_whose_machine_slept_or_whose_clock_was_set_listens_first() {
        assertThat(decide(HEARD_ALL, new Look(NOON.plus(MONTH), NOW.listened()), NOON.plus(MONTH)))
                .isEqualTo(Verdict.CLOCK_MOVED);
        assertThat(decide(HEARD_ALL, new Look(NOON.minus(MONTH), NOW.listened()), NOON))
                .isEqualTo(Verdict.CLOCK_MOVED);
    }

    @Test
    void one_whose_clock_is_not_the_databases_never_judges() {
        var ahead = new Look(NOW.wall().plus(MONTH), NOW.listened());
        var aheadBefore = new Listening(new Look(BEFORE.wall().plus(MONTH), BEFORE.listened()), Duration.ZERO);
        assertThat(decide(aheadBefore, ahead, NOON)).isEqualTo(Verdict.CLOCK_DIFFERS);
        assertThat(decide(HEARD_ALL, NOW, NOON.plus(MONTH))).isEqualTo(Verdict.CLOCK_DIFFERS);
    }

    @Test
    void without_the_database_no_host_is_heard_and_the_hour_begins_anew() {
        var away = SilenceRule.decide(HEARD_ALL, NOW, Optional.empty(), HOUR);
        assertThat(away.verdict()).isEqualTo(Verdict.DATABASE_AWAY);
        assertThat(verdictAfter(away.next(), Duration.ofMinutes(59))).isEqualTo(Verdict.LISTEN);
        assertThat(verdictAfter(away.next(), Duration.ofMinutes(60))).isEqualTo(Verdict.JUDGE);
    }

    @Test
    void nor_is_one_heard_before_the_server_was_started() {
        assertThat(verdictAfter(Listening.begun(NOW), QUARTER)).isEqualTo(Verdict.LISTEN);
        assertThat(verdictAfter(Listening.begun(NOW), HOUR)).isEqualTo(Verdict.JUDGE);
    }

    @Test
    void hosts_that_poll_rarely_are_given_the_time_for_several_polls() {
        assertThat(SilenceRule.longEnough(Duration.ofSeconds(50))).isEqualTo(HOUR);
        assertThat(SilenceRule.longEnough(Duration.ofDays(1))).isEqualTo(Duration.ofDays(3));
    }

    private static Verdict verdictAfter(Listening before, Duration passed) {
        var now = new Look(
                before.last().wall().plus(passed), before.last().listened().plus(passed));
        return decide(before, now, now.wall());
    }
}
