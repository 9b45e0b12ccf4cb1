package io.rebootless.agent.memory;

import io.rebootless.bundle.Sha256;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Failure;
import java.time.Duration;

/**
 * Why a bundle is not tried (again yet).
 *
 * @param bundle its identity
 * @param generation of the directive under which it was tried; a new directive is a new chance
 * @param bootId the boot in which it was tried; so is a new boot
 * @param state {@link AgentState#REFUSED}: not again under this directive; {@link AgentState#FAILED}: again later
 * @param failure what happened
 * @param attempts how often in a row
 * @param notBefore time since boot, with {@link AgentState#FAILED}
 */
public record Verdict(
        Sha256 bundle,
        long generation,
        String bootId,
        AgentState state,
        Failure failure,
        int attempts,
        Duration notBefore) {

    /** Whether this still speaks about {@code identity}, ordered by {@code currentGeneration} in this boot. */
    public boolean concerns(Sha256 identity, long currentGeneration, String currentBoot) {
        return bundle.equals(identity) && generation == currentGeneration && bootId.equals(currentBoot);
    }

    /** The same, with another time before which nothing is tried. */
    public Verdict notBefore(Duration later) {
        return new Verdict(bundle, generation, bootId, state, failure, attempts, later);
    }

    /** Whether another attempt is due. */
    public boolean retryDue(Duration now) {
        return state == AgentState.FAILED && now.compareTo(notBefore) >= 0;
    }
}
