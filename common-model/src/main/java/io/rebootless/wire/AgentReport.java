package io.rebootless.wire;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The whole state of a host: {@code PUT /api/v1/agent/report}. Repeating one changes nothing.
 *
 * @param version 1
 * @param journalId the journal's own name, new when an agent starts one; entries are keyed (host, journal, sequence)
 * @param number counts reports within a journal; a lower one than the server knows is a late repeat
 * @param hostname what the host calls itself
 * @param kernel what runs there
 * @param bootId {@code /proc/sys/kernel/random/boot_id}
 * @param uptimeSeconds since boot, suspend included
 * @param agentVersion the agent's own
 * @param hostTime the host's wall time: recorded, never judged by
 * @param generation of the newest directive seen, 0 before the first
 * @param state where the agent stands
 * @param bundle identity of the bundle that {@code state} speaks of
 * @param livepatch what the kernel says
 * @param failure with {@link AgentState#REFUSED}, {@link AgentState#FAILED} and {@link AgentState#HELD}
 * @param journal entries not acknowledged yet, in order, at most {@value #MAX_JOURNAL}
 * @param machineId as at enrolment, to name a clone by; older agents do not say it
 * @param quarantined what the host does not apply again by itself; older agents do not say it
 * @param blocking tasks that hold, or have held, the transition of {@code bundle} up; older agents do not say it
 * @param facts what the host says of itself, for queries: {@value #OS_ID}, {@value #OS_VERSION}, and what newer agents
 *     may add; at most {@value #MAX_FACTS}; older agents do not say it
 */
public record AgentReport(
        int version,
        UUID journalId,
        long number,
        String hostname,
        KernelBuild kernel,
        String bootId,
        long uptimeSeconds,
        String agentVersion,
        Instant hostTime,
        long generation,
        AgentState state,
        @Nullable Sha256 bundle,
        LivepatchState livepatch,
        @Nullable Failure failure,
        List<JournalEntry> journal,
        @Nullable String machineId,
        List<QuarantinedBundle> quarantined,
        List<BlockingTask> blocking,
        Map<String, String> facts) {
    /** The distribution, as os-release(5) calls it, such as {@code debian}. */
    public static final String OS_ID = "os.id";

    /** The distribution's version, as os-release(5) has it, such as {@code 12}. */
    public static final String OS_VERSION = "os.version";

    public static final int MAX_FACTS = 64;
    public static final int MAX_JOURNAL = 500;
    public static final int MAX_QUARANTINED = 16;
    public static final int MAX_BLOCKING = 20;

    public AgentReport {
        Limits.range("version", version, 1, Integer.MAX_VALUE);
        Objects.requireNonNull(journalId, "journalId");
        Limits.range("number", number, 1, Long.MAX_VALUE);
        Limits.text("hostname", hostname, 253);
        Objects.requireNonNull(kernel, "kernel");
        Limits.text("bootId", bootId, 64);
        Limits.range("uptimeSeconds", uptimeSeconds, 0, Long.MAX_VALUE);
        Limits.text("agentVersion", agentVersion, 64);
        Objects.requireNonNull(hostTime, "hostTime");
        Limits.range("generation", generation, 0, Long.MAX_VALUE);
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(livepatch, "livepatch");
        journal = Limits.list("journal", journal, MAX_JOURNAL);
        Limits.optionalText("machineId", machineId, 64);
        quarantined = Limits.list("quarantined", quarantined, MAX_QUARANTINED);
        blocking = Limits.list("blocking", blocking, MAX_BLOCKING);
        facts = Limits.facts(facts);
    }

    /** Whether a report takes this as the value of a fact. */
    public static boolean isFact(String value) {
        return Limits.isText(value, Limits.MAX_LABEL_VALUE);
    }
}
