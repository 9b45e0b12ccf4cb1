package io.rebootless.agent.status;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rebootless.agent.memory.HandedOver;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.LivepatchState;
import java.time.Duration;

/**
 * A bundle that the kernel was given in this boot and that has not settled.
 *
 * @param bundle which
 * @param phase how far it is
 * @param secondsLeft until the transition is reversed, or until the soak is over
 */
public record UnderWay(BundleReference bundle, Phase phase, long secondsLeft) {

    public enum Phase {
        /** Some task may still run the old code. */
        @JsonProperty("applying")
        APPLYING,
        /** In force for every task, and watched. */
        @JsonProperty("soaking")
        SOAKING
    }

    /** {@code now} is time since boot. */
    static UnderWay of(
            HandedOver attempt, LivepatchState livepatch, Duration now, Duration transitionDeadline, Duration soak) {
        boolean soaking = attempt.inForceSince().isPresent() && livepatch.inForce();
        var end = soaking
                ? attempt.inForceSince().get().plus(soak)
                : attempt.since().plus(transitionDeadline);
        return new UnderWay(
                attempt.reference(),
                soaking ? Phase.SOAKING : Phase.APPLYING,
                Math.max(0, end.minus(now).toSeconds()));
    }
}
