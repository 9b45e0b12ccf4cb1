package io.rebootless.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.fleet.HostFacts.Reported;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Failure;
import io.rebootless.wire.FleetHost.Quarantine;
import io.rebootless.wire.LivepatchState;
import io.rebootless.wire.Protection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Over everything that a host can say. */
class ProtectionRuleTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration LIMIT = Duration.ofMinutes(15);

    private static final Sha256 NEWEST = Sha256.of(new byte[] {1});
    private static final Quarantine QUARANTINE = new Quarantine(
            new UUID(0, 2), NEWEST, 1, "p", NOW, "b", new Failure("suspected-crash", "it seems so"), null);

    @Property
    void protected_needs_a_fresh_settled_host_with_the_newest_level_in_force(
            @ForAll AgentState state,
            @ForAll @LongRange(max = 3) long level,
            @ForAll boolean enabled,
            @ForAll boolean transition,
            @ForAll @LongRange(max = 3) long newest,
            @ForAll boolean withdrawn,
            @ForAll boolean quarantined,
            @ForAll @IntRange(max = 30) int minutesSilent) {
        var livepatch = new LivepatchState(true, true, level, 0, null, enabled, transition);
        var host = host(new Reported("b", 1, state, null, livepatch, null, List.of()), minutesSilent, quarantined);
        Protection verdict = ProtectionRule.of(host, newest(newest), withdrawn, NOW, LIMIT);

        boolean silent = minutesSilent > 15;
        boolean trouble = state == AgentState.REFUSED || state == AgentState.FAILED || state == AgentState.HELD;
        boolean there = state == AgentState.SETTLED || state == AgentState.SOAKING;
        Protection expected = silent
                ? Protection.UNKNOWN
                : trouble || (quarantined && newest > 0)
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
        assertThat(ProtectionRule.of(host(null, 0, true), newest(newest), false, NOW, LIMIT))
                .isEqualTo(Protection.UNKNOWN);
    }

    @Test
    void what_a_host_has_in_quarantine_does_not_matter_once_it_is_to_run_something_else() {
        var livepatch = new LivepatchState(true, true, 2, 0, null, true, false);
        var host = host(new Reported("b", 1, AgentState.SETTLED, null, livepatch, null, List.of()), 0, true);
        var other = new BundleReference(Sha256.of(new byte[] {7}), NEWEST, 1, 2, "p");
        assertThat(ProtectionRule.of(host, Optional.of(other), false, NOW, LIMIT))
                .isEqualTo(Protection.PROTECTED);
    }

    private static Optional<BundleReference> newest(long level) {
        return level == 0 ? Optional.empty() : Optional.of(new BundleReference(NEWEST, NEWEST, 1, level, "p"));
    }

    private static HostFacts host(Reported report, int minutesSilent, boolean quarantined) {
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
                null,
                quarantined ? List.of(QUARANTINE) : List.of());
    }
}
