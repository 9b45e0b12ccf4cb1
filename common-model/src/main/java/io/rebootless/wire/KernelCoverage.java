package io.rebootless.wire;

import io.rebootless.kernel.KernelBuild;
import org.jspecify.annotations.Nullable;

/**
 * Whether there is something for a kernel build: an entry of {@code GET /api/v1/kernels}.
 *
 * @param kernel the build
 * @param hosts that run it, those that have left the fleet not counted
 * @param covered whether a bundle is published for it and not withdrawn
 * @param latest the newest such bundle
 */
public record KernelCoverage(
        KernelBuild kernel,
        long hosts,
        boolean covered,
        @Nullable BundleReference latest) {}
