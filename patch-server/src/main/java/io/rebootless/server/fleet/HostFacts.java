package io.rebootless.server.fleet;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Failure;
import io.rebootless.wire.LivepatchState;
import java.time.Duration;
import java.time.Instant;
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
        @Nullable Instant tokenWanted) {
    public HostFacts {
        labels = Map.copyOf(labels);
    }

    /**
     * A host's last word.
     *
     * @param bundle identity of the bundle that {@code state} speaks of
     */
    public record Reported(
            String bootId,
            long uptimeSeconds,
            AgentState state,
            @Nullable Sha256 bundle,
            LivepatchState livepatch,
            @Nullable Failure failure) {
        /** Whether the bundle it speaks of is in force for every task, applied and past its transition. */
        public boolean inForce() {
            return livepatch.inForce() && (state == AgentState.SETTLED || state == AgentState.SOAKING);
        }
    }

    /** Nothing is claimed about a host that was not heard of for so long, or never. */
    public boolean silent(Instant now, Duration limit) {
        return lastSeen == null || lastSeen.plus(limit).isBefore(now);
    }
}
