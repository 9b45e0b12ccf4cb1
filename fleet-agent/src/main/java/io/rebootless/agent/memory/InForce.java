package io.rebootless.agent.memory;

import io.rebootless.bundle.Cve;
import io.rebootless.bundle.Manifest;
import io.rebootless.bundle.Sha256;
import io.rebootless.wire.BundleReference;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What its publishers say of the bundle that settled last: for {@code status}, {@code uname} and {@code cves}, which
 * need no root. It says nothing of whether that bundle still is in force: they ask the kernel.
 *
 * @param version 1
 * @param bundle its identity
 * @param level its level
 * @param publication the publisher's name for the fix
 * @param title one line
 * @param created when it was made
 * @param effectiveVersion the kernel version whose security state this equals, if the publisher names one
 * @param cves all that the level fixes
 * @param bootId the boot in which this was written
 * @param settled when, by the wall clock
 */
public record InForce(
        int version,
        Sha256 bundle,
        long level,
        String publication,
        String title,
        Instant created,
        Optional<String> effectiveVersion,
        List<Cve> cves,
        String bootId,
        Instant settled) {
    public InForce {
        Objects.requireNonNull(bundle, "bundle");
        Objects.requireNonNull(publication, "publication");
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(created, "created");
        Objects.requireNonNull(effectiveVersion, "effectiveVersion");
        cves = List.copyOf(cves);
        Objects.requireNonNull(bootId, "bootId");
        Objects.requireNonNull(settled, "settled");
    }

    /** From the manifest of the very file that {@code reference} names. */
    public static InForce of(BundleReference reference, Manifest manifest, String bootId, Instant settled) {
        return new InForce(
                1,
                reference.identity(),
                reference.level(),
                manifest.publication(),
                manifest.title(),
                manifest.created(),
                manifest.effectiveVersion(),
                manifest.cves(),
                bootId,
                settled);
    }
}
