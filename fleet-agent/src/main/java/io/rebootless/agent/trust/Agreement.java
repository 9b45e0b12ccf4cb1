package io.rebootless.agent.trust;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rebootless.agent.kernel.KernelTrust;
import io.rebootless.trust.PublisherCertificate;
import io.rebootless.trust.TrustInForce;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the kernel module trusts the same publishers as the trust directory. */
public enum Agreement {
    /** The same publishers, number and level, sealed. */
    @JsonProperty("same")
    SAME,
    /** Sealed; the module verifies against the kernel's own keyring, which the directory does not speak of. */
    @JsonProperty("by-keyring")
    BY_KEYRING,
    /** Sealed with others, or behind or ahead of the directory's chain. */
    @JsonProperty("different")
    DIFFERENT,
    /** There is no second verifier: the agent loads livepatches itself. */
    @JsonProperty("no-keyring")
    NO_KEYRING,
    @JsonProperty("not-sealed")
    NOT_SEALED,
    @JsonProperty("no-module")
    NO_MODULE,
    /** The kernel module tells only root. */
    @JsonProperty("unknown")
    UNKNOWN;

    /** Compares what the directory says with what the kernel says; {@code kernel} is empty without the module. */
    public static Agreement of(TrustInForce directory, Optional<KernelTrust> kernel) {
        if (kernel.isEmpty()) {
            return NO_MODULE;
        }
        var module = kernel.get();
        if (module.keyring() == KernelTrust.Keyring.NONE) {
            return NO_KEYRING;
        }
        if (!module.sealed()) {
            return NOT_SEALED;
        }
        if (module.keyring() == KernelTrust.Keyring.SECONDARY) {
            return BY_KEYRING;
        }
        var publishers = directory.publishers();
        var wanted = publishers.certificates().stream()
                .map(PublisherCertificate::fingerprint)
                .map(Object::toString)
                .collect(Collectors.toUnmodifiableSet());
        return Set.copyOf(module.keys()).equals(wanted)
                        && module.threshold() == publishers.threshold()
                        && module.level() == directory.level()
                ? SAME
                : DIFFERENT;
    }
}
