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
            "One that is paused only ends its pause; if it has halted as well, it wants to be resumed once more. Of one that"
                    + " has halted or is over, what has happened so far is excused: only what happens from now on halts it"
                    + " again, and a quarantine is lifted. One that was superseded can"
                    + " go on only while no higher level is on its way, or has come, to its kernel builds; one that was"
                    + " withdrawn never."
        })
final class RolloutResumeCommand implements Callable<Integer> {
    @Mixin
    Pull pull;

    @Override
    public Integer call() throws IOException {
        return pull.lever(RolloutLever.RESUME);
    }
}
