package io.rebootless.agent.preflight;

import io.rebootless.kernel.KernelBuild;
import java.util.Optional;

/**
 * Whether anything is published for this kernel build.
 *
 * @param answer the server's
 * @param running what runs here
 */
record Coverage(ServerAnswer answer, Optional<KernelBuild> running) implements Check {
    @Override
    public String name() {
        return "coverage";
    }

    @Override
    public Finding judge() {
        if (answer instanceof ServerAnswer.NotAsked) {
            return notAsked("--server URL asks whether a bundle is published for this kernel");
        }
        if (running.isEmpty()) {
            return unseen("without a build-id nothing can be asked", "See kernel-build.");
        }
        if (answer instanceof ServerAnswer.Told told) {
            return switch (told.coverage().coverage()) {
                case COVERED ->
                    ready("a bundle is published, level %s"
                            .formatted(told.coverage().level()));
                case BUNDLE_MISSING ->
                    attention(
                            "all that was published for %s was withdrawn".formatted(running.get()),
                            "Publish a bundle for it; an enrolled host takes it within seconds.");
                case UNKNOWN ->
                    attention(
                            "nothing was ever published for %s".formatted(running.get()),
                            "Publish a bundle for it, or boot a kernel build that has one: `rebootless kernel list`.");
            };
        }
        if (answer instanceof ServerAnswer.Refused refused) {
            return unseen(
                    refused.words(),
                    refused.early()
                            ? "Run preflight again in a minute."
                            : "An older server, or a proxy before it, does not answer this; `rebootless kernel check` does, with a key.");
        }
        return unseen("the server was not reached", "See server.");
    }
}
