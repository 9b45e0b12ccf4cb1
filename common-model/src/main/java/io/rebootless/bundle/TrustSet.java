package io.rebootless.bundle;

import java.util.List;

/**
 * The image of a trust bundle: certificates, and how many of their keys must have signed. Each certificate is bytes
 * only until a verifier has found the bundle signed.
 *
 * @param threshold 1 to the number of certificates
 * @param certificates 1 to {@link BundleFormat#MAX_CERTIFICATES}
 */
public record TrustSet(int threshold, List<EncodedCertificate> certificates) {
    public TrustSet {
        certificates = List.copyOf(certificates);
        Rules.require(
                !certificates.isEmpty() && certificates.size() <= BundleFormat.MAX_CERTIFICATES,
                "a trust set has 1 to %d certificates, not %d"
                        .formatted(BundleFormat.MAX_CERTIFICATES, certificates.size()));
        Rules.require(
                threshold >= 1 && threshold <= certificates.size(),
                "the threshold must be from 1 to the number of certificates, %d, not %d"
                        .formatted(certificates.size(), threshold));
    }
}
