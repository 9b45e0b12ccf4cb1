package io.rebootless.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.fleet.HostFacts.Reported;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.LivepatchState;
import io.rebootless.wire.Protection;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Over everything that a host can say. */
class ProtectionRuleTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration LIMIT = Duration.ofMinutes(15);

    @Property
    void protected_needs_a_fresh_settled_host_with_the_newest_level_in_force(
            @ForAll AgentState state,
            @ForAll @LongRange(max = 3) long level,
            @ForAll boolean enabled,
            @ForAll boolean transition,
            @ForAll @LongRange(max = 3) long newest,
            @ForAll boolean withdrawn,
            @ForAll @IntRange(max = 30) int minutesSilent) {
        var livepatch = new LivepatchState(true, true, level, 0, null, enabled, transition);
        var host = host(new Reported("b", 1, state, null, livepatch, null), minutesSilent);
        Protection verdict = ProtectionRule.of(host, newest, withdrawn, NOW, LIMIT);

        boolean silent = minutesSilent > 15;
        boolean trouble = state == AgentState.REFUSED || state == AgentState.FAILED || state == AgentState.HELD;
        boolean there = state == AgentState.SETTLED || state == AgentState.SOAKING;
        Protection expected = silent
                ? Protection.UNKNOWN
                : trouble
                        ? Protection.ATTENTION
                        : newest == 0 || withdrawn
                                ? Protection.UNKNOWN
                                : there && level >= newest && enabled && !transition
                                        ? Protection.PROTECTED
                                        : Protection.BEHIND;
        assertThat(verdict).isEqualTo(expected);
    }

    @Property(tries = 5)
    void nothing_is_claimed_of_a_host_that_never_reported(@ForAll @LongRange(max = 3) long newest) {
        assertThat(ProtectionRule.of(host(null, 0), newest, false, NOW, LIMIT)).isEqualTo(Protection.UNKNOWN);
    }

    private static HostFacts host(Reported report, int minutesSilent) {
        return new HostFacts(
                new UUID(0, 1),
                "h",
                Map.of(),
                TestBundles.KERNEL,
                "0.1.0",
                NOW,
                NOW.minus(Duration.ofMinutes(minutesSilent)),
                report,
                false,
                null);
    }
}
