package io.rebootless.trust;

import io.rebootless.bundle.Refusal;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.TrustBundle;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Where a chain of trust bundles leads: each is signed by the set that the one before it named. */
public sealed interface TrustChain {
    /** Every link held. */
    record Whole(TrustInForce inForce) implements TrustChain {}

    /**
     * One did not.
     *
     * @param at the first that was refused
     * @param refusal why
     */
    record Broken(TrustBundle at, Refusal refusal) implements TrustChain {}

    /** Replays {@code bundles}, in whatever order they are given, in the order of their levels. */
    static TrustChain replay(TrustedPublishers sealed, Collection<TrustBundle> bundles) {
        List<TrustBundle> chain = bundles.stream()
                .sorted(Comparator.comparingLong(bundle -> bundle.header().level()))
                .toList();
        var inForce = TrustInForce.sealed(sealed);
        for (TrustBundle bundle : chain) {
            try {
                inForce = inForce.followedBy(bundle);
            } catch (RefusedException e) {
                return new Broken(bundle, e.refusal());
            }
        }
        return new Whole(inForce);
    }
}
