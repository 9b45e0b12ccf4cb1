package io.rebootless.cli.rollout;

import io.rebootless.wire.HoldKind;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "stay", description = "Has hosts stay as they are.")
final class HoldStayCommand implements Callable<Integer> {
    @Mixin
    Holding holding;

    @Override
    public Integer call() throws IOException {
        return holding.hold(HoldKind.STAY, null, null);
    }
}
