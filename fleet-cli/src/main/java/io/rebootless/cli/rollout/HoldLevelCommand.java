package io.rebootless.cli.rollout;

import io.rebootless.wire.HoldKind;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "level", description = "Has hosts run no level above one.")
final class HoldLevelCommand implements Callable<Integer> {
    @Mixin
    Holding holding;

    @Parameters(paramLabel = "LEVEL", description = "The highest one that they may run.")
    long level;

    @Override
    public Integer call() throws IOException {
        return holding.hold(HoldKind.LEVEL, level, null);
    }
}
