package io.rebootless.agent.cycle;

import io.rebootless.agent.verification.Finding;
import io.rebootless.bundle.BundleHeader;
import io.rebootless.wire.BundleReference;

/**
 * A bundle whose bytes are what the directive promised and whose signatures are trusted.
 *
 * @param reference which
 * @param header what decides whether the kernel may have it
 */
record Checked(BundleReference reference, BundleHeader header) {

    /** Only from a bundle that was verified. */
    static Checked of(BundleReference reference, Finding.Trusted finding) {
        return new Checked(reference, finding.header());
    }
}
