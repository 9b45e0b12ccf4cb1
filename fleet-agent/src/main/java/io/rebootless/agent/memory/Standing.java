package io.rebootless.agent.memory;

import io.rebootless.bundle.Sha256;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Failure;
import java.util.Optional;

/**
 * Where the agent stands, as reports and {@code status} say it.
 *
 * @param state the word for it
 * @param bundle identity of the bundle that it speaks of
 * @param failure with refused, failed and held
 */
public record Standing(AgentState state, Optional<Sha256> bundle, Optional<Failure> failure) {
    public static final Standing IDLE = new Standing(AgentState.IDLE, Optional.empty(), Optional.empty());
}
