package io.rebootless.agent.preflight;

import io.rebootless.agent.settings.Loader;
import java.util.Optional;

/**
 * Whether what would be loaded carries the kernel's own module signatures, which are something else than a bundle's.
 *
 * @param loader whether rebootless.ko is to be loaded at all
 * @param accepted whether rebootless.ko was loaded with a signature that the kernel knows
 * @param module whether rebootless.ko has a signature; absent if it is not there or not to be told
 * @param livepatch whether the livepatch in {@code --bundle} has one; absent without the option
 */
record ModuleSigning(Loader loader, boolean accepted, Optional<Boolean> module, Optional<Boolean> livepatch) {
    private static final String HOW =
            "Sign rebootless.ko (DKMS does; prebuilt: MODULE_SIGN_KEY) and each livepatch when it is built"
                    + " (scripts/sign-file), and enrol the key: mokutil --import CERTIFICATE, then a reboot with the"
                    + " firmware's dialogue. See \"On hardened kernels\" in docs/security.md.";

    /** What it means that only signed modules are loaded. */
    Finding judge(Check check, String because) {
        if (!livepatch.orElse(true)) {
            return check.blocked(because + "; the livepatch in the bundle has no module signature", HOW);
        }
        if (loader == Loader.DIRECT) {
            return check.attention(because + "; livepatches need a signature by a key that is enrolled", HOW);
        }
        if (!accepted && !module.orElse(true)) {
            return check.blocked(because + "; rebootless.ko has no module signature that counts", HOW);
        }
        if (accepted && livepatch.isPresent()) {
            return check.ready(because + "; rebootless.ko is loaded, and the livepatch has a signature");
        }
        return check.attention(because + (accepted ? "; rebootless.ko is loaded, livepatches need one too" : ""), HOW);
    }
}
