package io.rebootless.wire;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One host in the rollout of a bundle: an entry of {@code GET /api/v1/rollouts/{publication}/hosts}.
 *
 * @param host its id
 * @param hostname what it calls itself
 * @param kernel the kernel build that it was drawn for
 * @param bundle identity of the bundle
 * @param ring in which its turn came, counted from 1; absent before
 * @param state where it stands
 * @param since when it came to stand there
 * @param handed when it was first told to run the bundle; absent if it never was
 * @param detail what it, or its silence, says
 */
public record RolloutHost(
        UUID host,
        String hostname,
        KernelBuild kernel,
        Sha256 bundle,
        @Nullable Integer ring,
        RolloutHostState state,
        Instant since,
        @Nullable Instant handed,
        @Nullable String detail) {}
