package io.rebootless.server.testing;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.wire.AgentReport;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BlockingTask;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.EnrollmentKey;
import io.rebootless.wire.EnrollmentKeyRequest;
import io.rebootless.wire.EnrollmentRequest;
import io.rebootless.wire.Failure;
import io.rebootless.wire.JournalEntry;
import io.rebootless.wire.LivepatchState;
import io.rebootless.wire.QuarantinedBundle;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Kernel builds, hosts and reports that differ from all others made here. */
public final class Samples {
    private Samples() {}

    public static KernelBuild kernel() {
        String random = UUID.randomUUID().toString().replace("-", "");
        return new KernelBuild(
                "6.1.0-" + random.substring(0, 8) + "-amd64",
                "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-01)",
                "x86_64",
                new BuildId(random));
    }

    public static EnrollmentKey key(TestServer server, int uses, Map<String, String> labels) {
        return server.admin()
                .post("/api/v1/enrollment-keys", new EnrollmentKeyRequest("test", uses, 1, labels))
                .as(EnrollmentKey.class);
    }

    public static EnrollmentRequest request(String key, String hostname, KernelBuild kernel) {
        return new EnrollmentRequest(1, key, hostname, "0123456789abcdef", kernel, "0.1.0");
    }

    public static Enrollment enroll(TestServer server, KernelBuild kernel, Map<String, String> labels) {
        String hostname = "host-" + kernel.buildId().hex().substring(0, 8);
        return server.api()
                .post("/api/v1/agent/enroll", request(key(server, 1, labels).key(), hostname, kernel))
                .as(Enrollment.class);
    }

    public static AgentReport report(
            UUID journal, long number, KernelBuild kernel, AgentState state, long level, @Nullable Sha256 bundle) {
        return report(journal, number, kernel, state, level, bundle, List.of());
    }

    public static AgentReport report(
            UUID journal,
            long number,
            KernelBuild kernel,
            AgentState state,
            long level,
            @Nullable Sha256 bundle,
            List<JournalEntry> entries) {
        return new AgentReport(
                1,
                journal,
                number,
                "host-" + kernel.buildId().hex().substring(0, 8),
                kernel,
                "boot-1",
                100,
                "0.1.0",
                Instant.MAX,
                1,
                state,
                bundle,
                new LivepatchState(true, true, level, 0, level == 0 ? null : "fix_" + level, level > 0, false),
                null,
                entries,
                null,
                List.of(),
                List.of(),
                Map.of());
    }

    /** The same report of a host in trouble. */
    public static AgentReport with(
            AgentReport plain, List<QuarantinedBundle> quarantined, List<BlockingTask> blocking) {
        return with(plain, plain.failure(), quarantined, blocking, plain.facts());
    }

    /** The same report of a host that is not where it was told to be. */
    public static AgentReport failing(AgentReport plain, Failure failure) {
        return with(plain, failure, plain.quarantined(), plain.blocking(), plain.facts());
    }

    /** The same report of a host that says more of itself. */
    public static AgentReport saying(AgentReport plain, Map<String, String> facts) {
        return with(plain, plain.failure(), plain.quarantined(), plain.blocking(), facts);
    }

    private static AgentReport with(
            AgentReport plain,
            @Nullable Failure failure,
            List<QuarantinedBundle> quarantined,
            List<BlockingTask> blocking,
            Map<String, String> facts) {
        return new AgentReport(
                plain.version(),
                plain.journalId(),
                plain.number(),
                plain.hostname(),
                plain.kernel(),
                plain.bootId(),
                plain.uptimeSeconds(),
                plain.agentVersion(),
                plain.hostTime(),
                plain.generation(),
                plain.state(),
                plain.bundle(),
                plain.livepatch(),
                failure,
                plain.journal(),
                plain.machineId(),
                quarantined,
                blocking,
                facts);
    }

    /** A bundle that a host has reported to be in quarantine. */
    public static QuarantinedBundle reportedQuarantine(TestServer server, Enrollment host, KernelBuild kernel) {
        var quarantined = quarantined(Sha256.of(new byte[1]), 1);
        server.api()
                .as(host.token())
                .put(
                        "/api/v1/agent/report",
                        with(
                                report(UUID.randomUUID(), 1, kernel, AgentState.HELD, 0, null),
                                List.of(quarantined),
                                List.of()));
        return quarantined;
    }

    public static QuarantinedBundle quarantined(Sha256 bundle, long level) {
        return new QuarantinedBundle(
                UUID.randomUUID(),
                bundle,
                level,
                "2026-11-22." + level,
                Instant.parse("2026-11-22T10:00:00.123456Z"),
                "boot-0",
                new Failure("suspected-crash", "boot-0 ended without a word"));
    }

    public static JournalEntry entry(long sequence, AgentState step) {
        return new JournalEntry(sequence, Instant.parse("2026-11-22T10:00:00Z"), "boot-1", step, null, null, null);
    }
}
