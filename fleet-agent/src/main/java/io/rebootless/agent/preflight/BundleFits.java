package io.rebootless.agent.preflight;

import io.rebootless.kernel.KernelBuild;
import java.util.Optional;
import java.util.Set;

/**
 * The bundle that {@code --bundle} names.
 *
 * @param sample what is in it; absent without the option or with a fault
 * @param fault why it cannot be read
 * @param running which kernel build runs here
 */
record BundleFits(Optional<Sample> sample, Optional<String> fault, Optional<KernelBuild> running) implements Check {
    /**
     * What matters here of a bundle.
     *
     * @param kernel that it is for
     * @param level its level
     * @param functions that it says it replaces
     * @param signed whether its livepatch carries a module signature
     */
    record Sample(KernelBuild kernel, long level, Set<String> functions, boolean signed) {
        Sample {
            functions = Set.copyOf(functions);
        }
    }

    @Override
    public String name() {
        return "bundle";
    }

    @Override
    public Finding judge() {
        if (fault.isPresent()) {
            return blocked(fault.get(), "Give a bundle as `rebootless bundle create` and `sign` make it.");
        }
        if (sample.isEmpty()) {
            return notAsked("--bundle FILE looks whether this host could take it");
        }
        var given = sample.get();
        if (running.isPresent() && !running.get().equals(given.kernel())) {
            return blocked(
                    "it is for %s, not for this kernel".formatted(given.kernel()),
                    "Give the one for %s.".formatted(running.get()));
        }
        String functions = given.functions().isEmpty()
                ? "its manifest names no functions"
                : "replaces %d functions".formatted(given.functions().size());
        return ready("level %d for this kernel, %s; `rebootless-agent verify` looks at its signatures"
                .formatted(given.level(), functions));
    }
}
