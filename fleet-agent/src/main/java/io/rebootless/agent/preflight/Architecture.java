package io.rebootless.agent.preflight;

import java.util.Set;

/**
 * Whether Linux has livepatching on this kind of machine.
 *
 * @param machine {@code uname -m}
 */
record Architecture(String machine) implements Check {
    /** Those for which the kernel has livepatching, but this product was never run on. */
    private static final Set<String> UNTRIED = Set.of("aarch64", "ppc64le", "s390x", "loongarch64");

    @Override
    public String name() {
        return "architecture";
    }

    @Override
    public Finding judge() {
        if (machine.equals("x86_64")) {
            return ready(machine);
        }
        return UNTRIED.contains(machine)
                ? attention(
                        machine + ": newer kernels have livepatching there, Rebootless was never tried on it",
                        "Try it on a host that may fail; x86_64 is what is tested.")
                : blocked(machine + ": Linux has no livepatching there", "Reboot into fixed kernels on such machines.");
    }
}
