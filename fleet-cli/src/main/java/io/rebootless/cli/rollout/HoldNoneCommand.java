package io.rebootless.cli.rollout;

import io.rebootless.wire.HoldKind;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "none",
        description = {
            "Has hosts run no livepatch at all: what is in force is reverted. For emergencies.",
            "",
            "It stands until somebody lifts it, unless --for is given."
        })
final class HoldNoneCommand implements Callable<Integer> {
    @Mixin
    Holding holding;

    @Override
    public Integer call() throws IOException {
        return holding.hold(HoldKind.NONE, null, null);
    }
}
