package io.rebootless.agent.preflight;

import java.util.Optional;

/**
 * Whether the host has been told whom to trust, and whether the kernel holds to it.
 *
 * @param directory where certificates belong
 * @param publishers how many it names; absent if it names none
 * @param fault why what is there does not count
 * @param sealable whether the host is to have the module, which would hold to it
 * @param loaded whether the module is
 * @param sealed whether the module's trust is; absent if one may not look
 */
record TrustSealed(
        String directory,
        Optional<Integer> publishers,
        Optional<String> fault,
        boolean sealable,
        boolean loaded,
        Optional<Boolean> sealed)
        implements Check {
    @Override
    public String name() {
        return "trust";
    }

    @Override
    public Finding judge() {
        if (fault.isPresent()) {
            return blocked(fault.get() + ": nothing is verified", "Correct or remove it.");
        }
        if (publishers.isEmpty()) {
            return attention(
                    "%s holds no publisher's certificate yet: nothing is applied before it does".formatted(directory),
                    "Put the publishers' certificates there, by package or configuration management; the server is never asked whom to trust."
                            + (sealable ? " Then: systemctl restart rebootless-trust" : ""));
        }
        String words = "%d publisher%s in %s".formatted(publishers.get(), publishers.get() == 1 ? "" : "s", directory);
        if (!sealable) {
            return ready(words + "; the agent verifies against them, and nothing seals them");
        }
        if (!loaded) {
            return ready(words + "; sealed when the module is loaded");
        }
        if (sealed.isEmpty()) {
            return unseen(words + "; only root sees whether they are sealed", SecurityFiles.AS_ROOT);
        }
        return sealed.get()
                ? ready(words + ", sealed")
                : attention(words + ", not sealed in the kernel module", "systemctl restart rebootless-trust");
    }
}
