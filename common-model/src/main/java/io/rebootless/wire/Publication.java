package io.rebootless.wire;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One fix across kernel builds: an entry of {@code GET /api/v1/publications}.
 *
 * @param name the publisher's
 * @param state withdrawn if all of its bundles are
 * @param published when its first bundle was
 * @param withdrawal of the publication as a whole: nothing more is published under its name
 * @param bundles one for each kernel build and level, in the order of their publication
 */
public record Publication(
        String name,
        PublicationState state,
        Instant published,
        @Nullable Withdrawal withdrawal,
        List<Build> bundles) {

    /**
     * What it is for one kernel build.
     *
     * @param identity SHA-256 of the bundle's signed part
     * @param fileDigest SHA-256 of the bundle's whole file
     */
    public record Build(KernelBuild kernel, long level, Sha256 identity, Sha256 fileDigest, PublicationState state) {}
}
