package io.rebootless.agent.kernel;

import java.util.List;

/**
 * Whom the kernel module trusts now, or without it whoever verifies in its place.
 *
 * @param sealed whether it takes no more certificates; before that it verifies nothing
 * @param keyring what it verifies against
 * @param keys SHA-256 of each certificate, in the order in which they were added; none with {@link Keyring#SECONDARY}
 * @param threshold how many of them must have signed
 * @param level of the trust bundle that named them; 0 if they are those that were sealed
 */
public record KernelTrust(boolean sealed, Keyring keyring, List<String> keys, int threshold, long level) {
    public KernelTrust {
        keys = List.copyOf(keys);
    }

    /** The module's parameter {@code keyring}, or that there is no module. */
    public enum Keyring {
        /** The certificates that were written into the module, or named by a trust bundle. */
        OWN,
        /** The kernel's {@code .secondary_trusted_keys}, for fleets whose keys are enrolled in the firmware. */
        SECONDARY,
        /** None in the kernel: this agent alone verifies, against its trust directory as it is at the time. */
        NONE
    }

    /** Whether anything is verified against it yet. */
    public boolean counts() {
        return sealed || keyring == Keyring.NONE;
    }
}
