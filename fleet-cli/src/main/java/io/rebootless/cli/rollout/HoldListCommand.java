package io.rebootless.cli.rollout;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.RolloutApi;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.Hold;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "Lists the holds that stand, the newest first.")
final class HoldListCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var holds = RolloutApi.connect(server).holds();
        output.print(holds, out -> {
            out.println("%-36s  %-24s  %-34s  %-20s  %s".formatted("HOLD", "WHOM", "HOW", "UNTIL", "WHY"));
            holds.forEach(hold -> out.println("%-36s  %-24s  %-34s  %-20s  %s (%s)"
                    .formatted(
                            hold.id(),
                            whom(hold),
                            how(hold),
                            hold.expires() == null ? "somebody lifts it" : hold.expires(),
                            hold.reason(),
                            hold.owner())));
        });
        return ExitCode.OK;
    }

    private static String whom(Hold hold) {
        if (hold.host() != null) {
            return "host " + hold.host().toString().substring(0, 8);
        }
        return hold.group() == null ? "the whole fleet" : "group " + hold.group();
    }

    private static String how(Hold hold) {
        return switch (hold.kind()) {
            case STAY -> "stay as they are";
            case LEVEL -> "no level above " + hold.level();
            case DATE -> "nothing after " + hold.publishedUntil();
            case NONE -> "run nothing";
        };
    }
}
