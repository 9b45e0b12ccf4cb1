package io.rebootless.agent.preflight;

import java.util.Set;

/**
 * Whether securityfs was to be seen, and the security modules that it names.
 *
 * @param state of {@code /sys/kernel/security}
 * @param active names in {@code /sys/kernel/security/lsm}
 */
record SecurityFiles(State state, Set<String> active) {
    static final String AS_ROOT = "Run preflight as root.";

    /** Of securityfs. */
    enum State {
        /** Its files are there. */
        MOUNTED,
        /** Its folder is, and empty. */
        UNMOUNTED,
        /** The kernel has none, so no security modules either. */
        NONE
    }

    SecurityFiles {
        active = Set.copyOf(active);
    }

    /** What it means that a file of securityfs is not there. */
    Finding absent(Check check, String otherwise) {
        return state == State.UNMOUNTED
                ? check.unseen(
                        "/sys/kernel/security is empty: securityfs is not mounted",
                        "mount -t securityfs securityfs /sys/kernel/security, and look again.")
                : check.ready(otherwise);
    }
}
