package io.rebootless.agent.preflight;

import java.util.Optional;

/**
 * The kill switch on the kernel's command line.
 *
 * @param word what follows {@code rebootless=}
 */
record KernelArgumentGiven(Optional<String> word) implements Check {
    @Override
    public String name() {
        return "kernel-argument";
    }

    @Override
    public Finding judge() {
        return word.map(given -> attention(
                        "the kernel was started with rebootless=%s: nothing is applied".formatted(given),
                        "Boot without it when this host shall be patched."))
                .orElseGet(() -> ready("no rebootless= on the kernel's command line"));
    }
}
