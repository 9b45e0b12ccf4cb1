package io.rebootless.server.catalog;

import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.Manifest;
import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.trust.PublisherCertificate;
import io.rebootless.wire.Withdrawal;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Whether a verified bundle may follow what is already published for its kernel build. */
final class PublicationRules {
    private static final int NAMED = 5;

    private PublicationRules() {}

    /**
     * A bundle that is already published.
     *
     * @param cves the CVEs it names
     */
    record Published(Sha256 fileDigest, KernelBuild kernel, long level, Set<String> cves) {}

    /**
     * Refuses a bundle that conflicts with its predecessors.
     *
     * @param sameLevel what is published for the kernel build with the bundle's very level
     * @param newest the highest level published for the kernel build, withdrawn or not: a withdrawn level stays taken,
     *     for hosts may have it
     * @param good the highest one that was not withdrawn: only its CVEs must be named again, for what was taken back
     *     protects nobody
     * @throws ProblemException {@code kernel-conflict}, {@code level-conflict}, {@code level-not-above-published} or
     *     {@code cve-dropped}
     */
    static void check(
            Bundle bundle, Optional<Published> sameLevel, Optional<Published> newest, Optional<Published> good) {
        newest.ifPresent(before -> sameKernel(bundle, before));
        sameLevel.ifPresent(other -> {
            throw ProblemType.LEVEL_CONFLICT.because(
                    "Level %d for %s is published with other content.".formatted(other.level(), other.kernel()),
                    "the file " + other.fileDigest(),
                    "the file " + bundle.fileDigest(),
                    "Give the bundle a level above %d."
                            .formatted(newest.map(Published::level).orElse(other.level())));
        });
        newest.ifPresent(before -> {
            if (bundle.header().level() <= before.level()) {
                throw ProblemType.LEVEL_NOT_ABOVE_PUBLISHED.because(
                        "Level %d for %s is published already; levels only grow, withdrawn ones included."
                                .formatted(before.level(), before.kernel()),
                        "a level above " + before.level(),
                        "level " + bundle.header().level(),
                        "Create the bundle again with a higher level.");
            }
        });
        good.ifPresent(before -> cumulative(bundle.manifest(), before));
    }

    /** Refuses a bundle of a publication that was withdrawn as a whole. */
    static void checkPublication(String name, Optional<Withdrawal> withdrawal) {
        withdrawal.ifPresent(taken -> {
            throw ProblemType.PUBLICATION_WITHDRAWN.because(
                    "Publication %s was withdrawn on %s by %s: %s"
                            .formatted(name, taken.at(), taken.by(), taken.reason()),
                    "Publish the corrected fix under another publication name.");
        });
    }

    /**
     * Refuses a bundle whose threshold is only met by signers whose certificates are not valid now. Hosts do not look
     * at dates: this is the one moment at which they count.
     */
    static void checkDates(List<PublisherCertificate> signers, int threshold, Instant now) {
        var expired = signers.stream().filter(signer -> !signer.validAt(now)).toList();
        if (signers.size() - expired.size() < threshold) {
            throw ProblemType.SIGNER_EXPIRED.because(
                    "The bundle was signed by a publisher whose certificate has expired or is not valid yet.",
                    "%d signers with certificates valid at %s".formatted(threshold, now),
                    "not valid: " + expired,
                    "Renew the publisher's certificate, trust the new one here, and sign again.");
        }
    }

    private static void sameKernel(Bundle bundle, Published before) {
        KernelBuild kernel = bundle.header().kernel();
        if (!kernel.equals(before.kernel())) {
            throw ProblemType.KERNEL_CONFLICT.because(
                    "Build-id %s is published with another release, version or machine.".formatted(kernel.buildId()),
                    "%s %s %s"
                            .formatted(
                                    before.kernel().release(),
                                    before.kernel().version(),
                                    before.kernel().machine()),
                    "%s %s %s".formatted(kernel.release(), kernel.version(), kernel.machine()),
                    "Create the bundle from what the running kernel says: uname -r -v -m.");
        }
    }

    private static void cumulative(Manifest manifest, Published before) {
        var stated = new HashSet<String>();
        manifest.cves().forEach(cve -> stated.add(cve.id()));
        manifest.droppedCves().forEach(cve -> stated.add(cve.id()));
        var missing = new TreeSet<>(before.cves());
        missing.removeAll(stated);
        if (!missing.isEmpty()) {
            String named = String.join(", ", missing.stream().limit(NAMED).toList());
            throw ProblemType.CVE_DROPPED.because(
                    "Level %d names %d CVEs that this bundle neither fixes nor drops with a reason."
                            .formatted(before.level(), missing.size()),
                    "every CVE of level %d in cves or droppedCves".formatted(before.level()),
                    "missing: " + named + (missing.size() > NAMED ? ", …" : ""),
                    "List them, or state in droppedCves why they are not fixed any more.");
        }
    }
}
