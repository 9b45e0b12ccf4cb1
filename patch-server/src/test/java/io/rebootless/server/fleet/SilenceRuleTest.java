package io.rebootless.server.fleet;

import static io.rebootless.server.fleet.SilenceRule.decide;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.fleet.SilenceRule.Look;
import io.rebootless.server.fleet.SilenceRule.Verdict;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SilenceRuleTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Look BEFORE = new Look(NOON.minus(HOUR), Duration.ofDays(3));
    private static final Look NOW = new Look(NOON, Duration.ofDays(3).plus(HOUR));

    @Test
    void a_server_that_has_listened_for_as_long_as_its_clock_has_moved_judges() {
        assertThat(decide(BEFORE, NOW, NOON)).isEqualTo(Verdict.JUDGE);
        assertThat(decide(BEFORE, NOW, NOON.plusSeconds(200))).isEqualTo(Verdict.JUDGE);
        assertThat(decide(BEFORE, new Look(NOON.plusSeconds(200), NOW.listened()), NOON))
                .as("a clock that is kept right in small steps")
                .isEqualTo(Verdict.JUDGE);
    }

    @Test
    void one_whose_machine_slept_or_whose_clock_was_set_listens_first() {
        var month = Duration.ofDays(30);
        assertThat(decide(BEFORE, new Look(NOON.plus(month), NOW.listened()), NOON.plus(month)))
                .isEqualTo(Verdict.CLOCK_MOVED);
        assertThat(decide(BEFORE, new Look(NOON.minus(month), NOW.listened()), NOON))
                .isEqualTo(Verdict.CLOCK_MOVED);
    }

    @Test
    void one_whose_clock_is_not_the_databases_never_judges() {
        var ahead = new Look(NOW.wall().plus(Duration.ofDays(30)), NOW.listened());
        var aheadBefore = new Look(BEFORE.wall().plus(Duration.ofDays(30)), BEFORE.listened());
        assertThat(decide(aheadBefore, ahead, NOON)).isEqualTo(Verdict.CLOCK_DIFFERS);
        assertThat(decide(BEFORE, NOW, NOON.plus(Duration.ofDays(30)))).isEqualTo(Verdict.CLOCK_DIFFERS);
    }
}
