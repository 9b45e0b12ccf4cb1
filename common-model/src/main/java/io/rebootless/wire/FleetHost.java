package io.rebootless.wire;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One host as the server knows it: an entry of {@code GET /api/v1/hosts}.
 *
 * @param id given at enrolment
 * @param hostname what the host calls itself
 * @param labels set by people
 * @param kernel what runs there
 * @param bootId changes with every boot
 * @param uptimeSeconds as last reported
 * @param state where the agent stands; idle until its first report
 * @param level the level in force for every task, 0 if none
 * @param bundle identity of the bundle the agent's state speaks of
 * @param publication that bundle's, if the server knows it
 * @param latestLevel the newest level published for its kernel build, 0 if none
 * @param protection the server's verdict
 * @param failure why it is not where it should be
 * @param agentVersion the agent's own
 * @param enrolled when it joined
 * @param lastSeen by the server's clock
 * @param clones the machines that have shown its one token at the same time; absent for a host that is one machine
 * @param tokenWanted since when it is asked to fetch a new token; absent if it is not
 * @param quarantined what it does not apply again by itself, because it seems to have crashed under it
 * @param blocking tasks that hold, or have held, the transition of {@code bundle} up
 */
public record FleetHost(
        UUID id,
        String hostname,
        Map<String, String> labels,
        KernelBuild kernel,
        @Nullable String bootId,
        long uptimeSeconds,
        AgentState state,
        long level,
        @Nullable Sha256 bundle,
        @Nullable String publication,
        long latestLevel,
        Protection protection,
        @Nullable Failure failure,
        String agentVersion,
        Instant enrolled,
        @Nullable Instant lastSeen,
        @Nullable List<Machine> clones,
        @Nullable Instant tokenWanted,
        List<Quarantine> quarantined,
        List<BlockingTask> blocking) {
    public FleetHost {
        // Earlier servers do not say them.
        quarantined = Limits.list("quarantined", quarantined, Integer.MAX_VALUE);
        blocking = Limits.list("blocking", blocking, Integer.MAX_VALUE);
    }

    /**
     * A bundle that the host does not apply again by itself.
     *
     * @param id the name of this quarantine
     * @param bundle identity of the bundle
     * @param level its level
     * @param publication its publication
     * @param at when the host drew the conclusion, by its wall clock
     * @param bootId of the boot that ended without a word
     * @param reason such as {@code suspected-crash}, with what the host knows
     * @param lifted when an operator has lifted it, of which the host is told until it reports that it has heard;
     *     absent if nobody has
     */
    public record Quarantine(
            UUID id,
            Sha256 bundle,
            long level,
            String publication,
            Instant at,
            String bootId,
            Failure reason,
            @Nullable Instant lifted) {}

    /**
     * A machine that shows the token of a host.
     *
     * @param hostname what it calls itself
     * @param machineId its {@code /etc/machine-id}, which a clone may share
     * @param address where its last report came from
     * @param bootId of its boot, which no clone shares
     * @param lastHeard by the server's clock
     */
    public record Machine(
            String hostname, @Nullable String machineId, String address, String bootId, Instant lastHeard) {}
}
