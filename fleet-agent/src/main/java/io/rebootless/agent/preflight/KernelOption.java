package io.rebootless.agent.preflight;

import java.util.Optional;

/**
 * An option that the running kernel must have, or must not have.
 *
 * @param name the check's
 * @param option such as {@code CONFIG_LIVEPATCH}
 * @param wanted whether it must be set
 * @param config what the kernel was built with, if that is known
 * @param proof what shows that it is set whatever the configuration's file says, or that it is not
 * @param meaning of the wrong setting
 */
record KernelOption(
        String name, String option, boolean wanted, KernelConfig config, Optional<Proof> proof, String meaning)
        implements Check {

    /**
     * Something in the running kernel that only one setting can bring about.
     *
     * @param set which setting that is
     * @param words what was seen
     */
    record Proof(boolean set, String words) {}

    @Override
    public Finding judge() {
        var configured = config.has(option);
        if (proof.isPresent()) {
            return judge(proof.get().set(), proof.get().words());
        }
        if (configured.isPresent()) {
            return judge(configured.get(), option + (configured.get() ? "=y" : " is not set") + config.where());
        }
        return unseen(
                "the kernel's configuration is in none of the usual places, so %s is not known".formatted(option),
                "Put it where distributions do, /boot/config-RELEASE, and look again.");
    }

    private Finding judge(boolean set, String words) {
        return set == wanted
                ? ready(words)
                : blocked(
                        words + ": " + meaning,
                        "Boot a kernel with %s%s; Debian's are like that.".formatted(wanted ? "" : "no ", option));
    }
}
