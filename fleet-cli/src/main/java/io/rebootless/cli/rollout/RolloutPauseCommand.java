package io.rebootless.cli.rollout;

import io.rebootless.wire.RolloutLever;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "pause", description = "Has no further host handed the publication; those that were handed it go on.")
final class RolloutPauseCommand implements Callable<Integer> {
    @Mixin
    Pull pull;

    @Override
    public Integer call() throws IOException {
        return pull.lever(RolloutLever.PAUSE);
    }
}
