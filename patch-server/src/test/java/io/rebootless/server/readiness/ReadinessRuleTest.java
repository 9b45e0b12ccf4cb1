package io.rebootless.server.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.readiness.ReadinessRule.Finding;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadinessRuleTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

    @Test
    void a_server_is_ready_when_every_part_was_well_a_moment_ago() {
        var verdict = ReadinessRule.judge(Map.of("a", well(0), "b", well(6)), NOW);
        assertThat(verdict.ready()).isTrue();
        assertThat(verdict.parts()).containsOnly(Map.entry("a", "ok"), Map.entry("b", "ok"));
    }

    @Test
    void one_fault_is_enough_and_is_named() {
        var verdict = ReadinessRule.judge(Map.of("a", well(0), "b", new Finding(NOW, Optional.of("broken"))), NOW);
        assertThat(verdict.ready()).isFalse();
        assertThat(verdict.parts()).containsOnly(Map.entry("a", "ok"), Map.entry("b", "broken"));
    }

    @Test
    void silence_is_a_fault_even_of_a_part_that_was_well() {
        var verdict = ReadinessRule.judge(Map.of("a", well(7)), NOW);
        assertThat(verdict.ready()).isFalse();
        assertThat(verdict.parts()).containsEntry("a", "has not answered for 7 s");
    }

    private static Finding well(int secondsAgo) {
        return new Finding(NOW.minusSeconds(secondsAgo), Optional.empty());
    }
}
