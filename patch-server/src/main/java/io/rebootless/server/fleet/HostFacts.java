package io.rebootless.server.fleet;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BlockingTask;
import io.rebootless.wire.Failure;
import io.rebootless.wire.FleetHost.Quarantine;
import io.rebootless.wire.LivepatchState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one host: the ground of every verdict about it.
 *
 * @param lastSeen by the server's clock; absent if never heard of since it joined
 * @param report what it has last said; absent before its first report
 * @param cloned two machines have shown its token at the same time
 * @param tokenWanted since when it is asked to fetch a new token
 * @param quarantined what it has said that it does not apply again by itself
 */
public record HostFacts(
        UUID id,
        String hostname,
        Map<String, String> labels,
        KernelBuild kernel,
        String agentVersion,
        Instant enrolled,
        @Nullable Instant lastSeen,
        @Nullable Reported report,
        boolean cloned,
        @Nullable Instant tokenWanted,
        List<Quarantine> quarantined) {
    public HostFacts {
        labels = Map.copyOf(labels);
        quarantined = List.copyOf(quarantined);
    }

    /**
     * A host's last word.
     *
     * @param bundle identity of the bundle that {@code state} speaks of
     * @param blocking tasks that hold, or have held, its transition up
     */
    public record Reported(
            String bootId,
            long uptimeSeconds,
            AgentState state,
            @Nullable Sha256 bundle,
            LivepatchState livepatch,
            @Nullable Failure failure,
            List<BlockingTask> blocking) {
        /** Whether the bundle it speaks of is in force for every task, applied and past its transition. */
        public boolean inForce() {
            return livepatch.inForce() && (state == AgentState.SETTLED || state == AgentState.SOAKING);
        }
    }

    /** Nothing is claimed about a host that was not heard of for so long, or never. */
    public boolean silent(Instant now, Duration limit) {
        return lastSeen == null || lastSeen.plus(limit).isBefore(now);
    }

    /** Whether it does not apply this bundle by itself. What was lifted counts until the host says that it has heard. */
    public boolean quarantines(Sha256 bundle) {
        return quarantined.stream().anyMatch(one -> one.bundle().equals(bundle));
    }
}
