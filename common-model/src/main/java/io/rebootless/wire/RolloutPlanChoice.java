package io.rebootless.wire;

import java.util.Objects;

/**
 * Chooses the plan of a rollout that has not begun, or of a publication that is still to come: {@code PUT
 * /api/v1/rollouts/{publication}}.
 *
 * @param plan a plan's name, 1 to 63 characters
 */
public record RolloutPlanChoice(String plan) {
    public RolloutPlanChoice {
        Objects.requireNonNull(plan, "plan");
        Limits.name("plan", plan, 63);
    }
}
