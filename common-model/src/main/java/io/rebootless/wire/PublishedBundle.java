package io.rebootless.wire;

import io.rebootless.bundle.Cve;
import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bundle in the catalogue: the answer to an upload, and an entry of {@code GET /api/v1/bundles}.
 *
 * @param identity SHA-256 of the signed part
 * @param fileDigest SHA-256 of the whole file, its address
 * @param size bytes of the whole file
 * @param level contains every fix of the levels below
 * @param floor levels below it are revoked
 * @param downgradeSafe whether a lower level can replace it
 * @param kernel the one kernel build it fits
 * @param module the livepatch's name
 * @param publication the publisher's name for the fix across kernel builds
 * @param title one line for people
 * @param effectiveVersion the kernel version whose security state this equals
 * @param created when the publisher made it
 * @param uploaded when the server took it
 * @param cves all that this level fixes
 * @param signers the trusted publishers who signed it
 * @param state whether hosts may still get it
 * @param withdrawal with {@link PublicationState#WITHDRAWN} only
 */
public record PublishedBundle(
        Sha256 identity,
        Sha256 fileDigest,
        long size,
        long level,
        long floor,
        boolean downgradeSafe,
        KernelBuild kernel,
        String module,
        String publication,
        String title,
        @Nullable String effectiveVersion,
        Instant created,
        Instant uploaded,
        List<Cve> cves,
        List<Signer> signers,
        PublicationState state,
        @Nullable Withdrawal withdrawal) {

    /**
     * A publisher.
     *
     * @param name the certificate's subject
     * @param fingerprint SHA-256 of the certificate
     */
    public record Signer(String name, Sha256 fingerprint) {}
}
