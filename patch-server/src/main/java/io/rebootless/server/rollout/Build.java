package io.rebootless.server.rollout;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.rollout.RolloutRule.Situation;
import io.rebootless.wire.RolloutPlan;
import io.rebootless.wire.RolloutState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The rollout of one bundle, as it is stored.
 *
 * @param bundleId the bundle's number
 * @param identity SHA-256 of its signed part
 * @param level its level
 * @param buildId of the kernel build that it is for
 * @param published when it was
 * @param reason why it stands where it stands
 * @param populated of one that waits: whether a host runs its kernel build
 */
record Build(
        long bundleId,
        Sha256 identity,
        long level,
        String buildId,
        Instant published,
        String publication,
        RolloutPlan plan,
        RolloutState state,
        int ring,
        @Nullable String reason,
        boolean approved,
        boolean paused,
        boolean withdrawn,
        boolean outrun,
        boolean populated,
        boolean quarantined) {

    Situation situation(boolean newcomers) {
        return new Situation(plan, state, ring, published, approved, paused, withdrawn, outrun, newcomers, quarantined);
    }
}
