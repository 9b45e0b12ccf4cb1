package io.rebootless.wire;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A plan for rollouts: an entry of {@code GET /api/v1/plans}.
 *
 * @param name how it is called; {@code default} applies to publications for which no other was chosen
 * @param plan what it says
 * @param changedBy name of the key that made or changed it last; absent for a built-in one
 * @param changed when; absent for a built-in one
 */
public record NamedPlan(
        String name,
        RolloutPlan plan,
        @Nullable String changedBy,
        @Nullable Instant changed) {}
