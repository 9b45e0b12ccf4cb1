package io.rebootless.wire;

import org.jspecify.annotations.Nullable;

/**
 * Pauses, resumes, aborts or approves a rollout: {@code POST /api/v1/rollouts/{publication}/pause} and the like.
 *
 * @param reason for people, 1 to 500 characters
 */
public record RolloutOrder(@Nullable String reason) {
    public RolloutOrder {
        if (reason != null) {
            Limits.reason("reason", reason, 500);
        }
    }
}
