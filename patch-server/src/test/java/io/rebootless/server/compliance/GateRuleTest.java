package io.rebootless.server.compliance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.catalog.CveCoverage;
import io.rebootless.server.fleet.HostFacts;
import io.rebootless.server.fleet.HostFacts.Reported;
import io.rebootless.server.testing.Samples;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Failure;
import io.rebootless.wire.FleetHost.Quarantine;
import io.rebootless.wire.GateReport.Verdict;
import io.rebootless.wire.LivepatchState;
import io.rebootless.wire.NotAffected;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GateRuleTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final KernelBuild KERNEL = TestBundles.KERNEL;
    private static final Sha256 FIX = Sha256.of(new byte[] {2});
    private static final Sha256 WITHDRAWN = Sha256.of(new byte[] {3});
    private static final CveCoverage COVERAGE = new CveCoverage(Map.of(FIX, 2L), Set.of(KERNEL), Map.of(WITHDRAWN, 3L));

    private static HostFacts host(KernelBuild kernel, AgentState state, Sha256 bundle, long level, boolean transition) {
        var livepatch = new LivepatchState(true, true, level, 0, null, level > 0, transition);
        return host(kernel, NOW, new Reported("b", 1, state, bundle, livepatch, null, List.of()));
    }

    private static HostFacts host(KernelBuild kernel, Instant seen, Reported report) {
        return new HostFacts(
                UUID.randomUUID(), "h", Map.of(), kernel, "0.1.0", NOW, seen, report, false, null, List.of());
    }

    private static Verdict verdict(HostFacts host) {
        return GateRule.verdict(host, COVERAGE, Map.of(), NOW, LIMIT).verdict();
    }

    private static Verdict over(HostFacts... hosts) {
        return GateRule.of("CVE-2026-0001", Map.of(), null, List.of(hosts), COVERAGE, Map.of(), NOW, LIMIT)
                .verdict();
    }

    private final HostFacts good = host(KERNEL, AgentState.SETTLED, FIX, 2, false);
    private final HostFacts exposed = host(KERNEL, AgentState.IDLE, null, 0, false);
    private final HostFacts unknown = host(Samples.kernel(), AgentState.IDLE, null, 0, false);

    @Test
    void a_level_that_names_the_cve_protects_once_in_force_for_every_task() {
        assertThat(verdict(good)).isEqualTo(Verdict.PROTECTED);
        assertThat(verdict(host(KERNEL, AgentState.SOAKING, FIX, 2, false))).isEqualTo(Verdict.PROTECTED);
        assertThat(verdict(host(KERNEL, AgentState.APPLYING, FIX, 2, false))).isEqualTo(Verdict.EXPOSED);
        assertThat(verdict(host(KERNEL, AgentState.SETTLED, FIX, 2, true))).isEqualTo(Verdict.EXPOSED);
        assertThat(verdict(host(KERNEL, AgentState.SETTLED, FIX, 1, false)))
                .as("the kernel runs another level than the agent says")
                .isEqualTo(Verdict.EXPOSED);
        assertThat(verdict(host(KERNEL, AgentState.SETTLED, Sha256.of(new byte[1]), 2, false)))
                .isEqualTo(Verdict.EXPOSED);
    }

    @Test
    void a_level_in_quarantine_protects_nobody_and_is_named() {
        var quarantine = new Quarantine(
                UUID.randomUUID(), FIX, 2, "p", NOW, "b", new Failure("suspected-crash", "it seems so"), null);
        for (HostFacts host : List.of(good, exposed)) {
            var crashed = new HostFacts(
                    host.id(),
                    "h",
                    Map.of(),
                    KERNEL,
                    "0.1.0",
                    NOW,
                    NOW,
                    host.report(),
                    false,
                    null,
                    List.of(quarantine));
            var verdict = GateRule.verdict(crashed, COVERAGE, Map.of(), NOW, LIMIT);
            assertThat(verdict.verdict()).isEqualTo(Verdict.EXPOSED);
            assertThat(verdict.reason()).isEqualTo("level 2, which names it, is in quarantine there: suspected-crash");
        }
    }

    @Test
    void silence_is_unknown_whatever_was_said_before() {
        assertThat(verdict(host(KERNEL, NOW.minus(Duration.ofMinutes(16)), good.report())))
                .isEqualTo(Verdict.UNKNOWN);
        assertThat(verdict(host(KERNEL, NOW, null))).isEqualTo(Verdict.UNKNOWN);
        assertThat(verdict(unknown)).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void the_worst_host_decides_in_whatever_order_and_no_host_is_unknown() {
        assertThat(over()).isEqualTo(Verdict.UNKNOWN);
        assertThat(over(good)).isEqualTo(Verdict.PROTECTED);
        assertThat(over(good, unknown)).isEqualTo(Verdict.UNKNOWN);
        var all = new ArrayList<>(List.of(good, unknown, exposed));
        for (int i = 0; i < all.size(); i++) {
            Collections.rotate(all, 1);
            assertThat(over(all.toArray(HostFacts[]::new))).isEqualTo(Verdict.EXPOSED);
        }
    }

    @Test
    void a_withdrawn_level_in_force_is_unknown_for_its_publisher_does_not_stand_by_it() {
        var host = host(KERNEL, AgentState.SETTLED, WITHDRAWN, 3, false);
        assertThat(verdict(host)).isEqualTo(Verdict.UNKNOWN);
        assertThat(GateRule.verdict(host, COVERAGE, Map.of(), NOW, LIMIT).reason())
                .isEqualTo("level 3, which names it, was withdrawn");
        assertThat(verdict(host(KERNEL, AgentState.FETCHING, WITHDRAWN, 0, false)))
                .as("not in force, and another level would protect")
                .isEqualTo(Verdict.EXPOSED);
    }

    @Test
    void a_kernel_build_that_a_cve_does_not_concern_is_protected_with_the_publishers_reason() {
        var stated = Map.of(
                KERNEL.buildId(),
                new NotAffected(KERNEL.buildId(), "CVE-2026-0001", "the driver is not built", "alice", NOW));
        var verdict = GateRule.verdict(exposed, COVERAGE, stated, NOW, LIMIT);
        assertThat(verdict.verdict()).isEqualTo(Verdict.PROTECTED);
        assertThat(verdict.reason()).isEqualTo("its kernel build is not affected, says alice: the driver is not built");
        assertThat(verdict.notAffected()).isEqualTo("the driver is not built");
        assertThat(GateRule.verdict(unknown, COVERAGE, stated, NOW, LIMIT).verdict())
                .as("another kernel build")
                .isEqualTo(Verdict.UNKNOWN);
        var silent = host(KERNEL, NOW.minus(Duration.ofMinutes(16)), exposed.report());
        assertThat(GateRule.verdict(silent, COVERAGE, stated, NOW, LIMIT).verdict())
                .as("who knows which kernel runs there now")
                .isEqualTo(Verdict.UNKNOWN);
    }
}
