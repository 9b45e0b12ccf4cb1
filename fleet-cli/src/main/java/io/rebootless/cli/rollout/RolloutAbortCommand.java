package io.rebootless.cli.rollout;

import io.rebootless.wire.RolloutLever;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "abort",
        description = {
            "Ends a rollout: no further host is handed the publication, those that were keep it.",
            "",
            "To take it back from them, too: `rebootless publication withdraw`."
        })
final class RolloutAbortCommand implements Callable<Integer> {
    @Mixin
    Pull pull;

    @Override
    public Integer call() throws IOException {
        return pull.lever(RolloutLever.ABORT);
    }
}
