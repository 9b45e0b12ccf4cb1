package io.rebootless.cli.rollout;

import io.rebootless.wire.RolloutLever;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "resume",
        description = {
            "Has a rollout go on that is paused, has halted, was aborted or superseded.",
            "",
            "What has happened so far is excused: only what happens from now on halts it again. A quarantine is lifted."
        })
final class RolloutResumeCommand implements Callable<Integer> {
    @Mixin
    Pull pull;

    @Override
    public Integer call() throws IOException {
        return pull.lever(RolloutLever.RESUME);
    }
}
