package io.rebootless.trust;

import io.rebootless.bundle.Refusal.NotAboveTrustLevel;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.TrustBundle;

/**
 * Whom a verifier trusts now, and since which trust bundle. The kernel module keeps the same two and changes them by
 * the same rule.
 *
 * @param publishers who they are, and how many must sign
 * @param level of the trust bundle that named them; 0 if none did, but the host's own certificates
 */
public record TrustInForce(TrustedPublishers publishers, long level) {
    public TrustInForce {
        if (level < 0) {
            throw new IllegalArgumentException("a trust level is never negative");
        }
    }

    /** What holds before any trust bundle. */
    public static TrustInForce sealed(TrustedPublishers publishers) {
        return new TrustInForce(publishers, 0);
    }

    /**
     * What holds after a trust bundle: enough of those trusted now must have signed it, and it must be newer. Those
     * whom it names need not have signed anything.
     *
     * @throws RefusedException a refusal of {@link TrustedPublishers#signers}, {@code not-above-trust-level}, or one of
     *     {@link TrustedPublishers#of(io.rebootless.bundle.TrustSet)}
     */
    public TrustInForce followedBy(TrustBundle bundle) throws RefusedException {
        publishers.signers(bundle);
        long next = bundle.header().level();
        if (next <= level) {
            throw new RefusedException(new NotAboveTrustLevel(level, next));
        }
        return new TrustInForce(TrustedPublishers.of(bundle.trustSet()), next);
    }
}
