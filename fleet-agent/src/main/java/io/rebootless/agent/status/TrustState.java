package io.rebootless.agent.status;

import io.rebootless.agent.kernel.LivepatchKernel;
import io.rebootless.agent.trust.Agreement;
import io.rebootless.trust.TrustDirectory;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whom this host trusts, in numbers.
 *
 * @param publishers how many
 * @param threshold how many of them must have signed a bundle
 * @param level of the trust bundle that named them, 0 if none did
 * @param kernel whether the kernel module trusts the same
 * @param problem why nobody is trusted: the directory cannot be followed
 */
public record TrustState(int publishers, int threshold, long level, Agreement kernel, Optional<String> problem) {

    /** Reads both sides; what cannot be read is said, not thrown. */
    static TrustState look(Path directory, LivepatchKernel kernel) {
        TrustDirectory trusted;
        try {
            trusted = TrustDirectory.load(directory);
        } catch (IOException e) {
            return new TrustState(0, 0, 0, Agreement.UNKNOWN, Optional.of(words(directory, e)));
        }
        var publishers = trusted.inForce().publishers();
        return new TrustState(
                publishers.certificates().size(),
                publishers.threshold(),
                trusted.inForce().level(),
                agreement(trusted, kernel),
                Optional.empty());
    }

    private static Agreement agreement(TrustDirectory trusted, LivepatchKernel kernel) {
        try {
            return Agreement.of(trusted.inForce(), kernel.trust());
        } catch (IOException notForEverybody) {
            return Agreement.UNKNOWN;
        }
    }

    private static String words(Path directory, IOException e) {
        return e instanceof AccessDeniedException
                ? directory + " may not be read by this user"
                : String.valueOf(e.getMessage());
    }
}
