package io.rebootless.cli.rollout;

import io.rebootless.wire.HoldKind;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "date", description = "Has hosts run nothing that was published after a date.")
final class HoldDateCommand implements Callable<Integer> {
    @Mixin
    Holding holding;

    @Parameters(paramLabel = "DATE", description = "Such as 2026-12-15T00:00:00Z.")
    Instant until;

    @Override
    public Integer call() throws IOException {
        return holding.hold(HoldKind.DATE, null, until);
    }
}
