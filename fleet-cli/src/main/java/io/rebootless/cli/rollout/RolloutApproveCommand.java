package io.rebootless.cli.rollout;

import io.rebootless.wire.RolloutLever;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "approve",
        description = "Lets a rollout begin whose plan has it wait for another person than the one who has published.")
final class RolloutApproveCommand implements Callable<Integer> {
    @Mixin
    Pull pull;

    @Override
    public Integer call() throws IOException {
        return pull.lever(RolloutLever.APPROVE);
    }
}
