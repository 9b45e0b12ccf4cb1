package io.rebootless.agent.policy;

import io.rebootless.agent.memory.Hold;
import java.util.List;

/**
 * What the administrator's files say at this moment.
 *
 * @param holds by the mode file, and because a file cannot be followed
 * @param policy what the server may order
 */
public record LocalOrders(List<Hold> holds, Policy policy) {
    public LocalOrders {
        holds = List.copyOf(holds);
    }
}
