package io.rebootless.server.problem;

import io.rebootless.bundle.Refusal;
import io.rebootless.wire.Problem;

/** The one place where a bundle's refusal becomes a problem. */
final class Refusals {
    private static final int UNPROCESSABLE = 422;
    private static final int TOO_LARGE = 413;

    private Refusals() {}

    static Problem problem(Refusal refusal) {
        return new Problem(
                Problem.TYPE_PREFIX + refusal.name(),
                "The bundle was refused",
                status(refusal),
                "%s: expected %s, found %s".formatted(refusal.name(), refusal.expected(), refusal.found()),
                refusal.expected().toString(),
                refusal.found().toString(),
                refusal.remedy());
    }

    private static int status(Refusal refusal) {
        boolean tooLarge = (refusal instanceof Refusal.ImageSize size && size.found() > 0)
                || (refusal instanceof Refusal.ManifestSize manifest && manifest.found() > 0);
        return tooLarge ? TOO_LARGE : UNPROCESSABLE;
    }
}
