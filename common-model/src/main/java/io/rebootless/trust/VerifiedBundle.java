package io.rebootless.trust;

import io.rebootless.bundle.Bundle;
import java.util.List;

/** A bundle that enough trusted publishers have signed. Only {@link TrustedPublishers#verify} makes one. */
public final class VerifiedBundle {
    private final Bundle bundle;
    private final List<PublisherCertificate> signers;

    VerifiedBundle(Bundle bundle, List<PublisherCertificate> signers) {
        this.bundle = bundle;
        this.signers = List.copyOf(signers);
    }

    public Bundle bundle() {
        return bundle;
    }

    /** Who has signed, each with a key of their own. */
    public List<PublisherCertificate> signers() {
        return signers;
    }
}
