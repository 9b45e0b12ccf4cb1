package io.rebootless.cli.rollout;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.RolloutApi;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.RolloutHost;
import io.rebootless.wire.RolloutHostState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "show", description = "Shows a rollout: where it stands, what happened, where, and what was spared.")
final class RolloutShowCommand implements Callable<Integer> {
    /** Those of which people want to know the hosts. */
    private static final List<RolloutHostState> TROUBLE =
            List.of(RolloutHostState.INCIDENT, RolloutHostState.SILENT, RolloutHostState.FAILED);

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "PUBLICATION", description = RolloutCommand.PUBLICATION)
    String publication;

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var api = RolloutApi.connect(server);
        var rollout = api.rollout(publication);
        var trouble = new ArrayList<RolloutHost>();
        for (RolloutHostState state : TROUBLE) {
            trouble.addAll(api.hosts(publication, Optional.of(state)));
        }
        output.print(rollout, out -> RolloutText.whole(rollout, trouble, out));
        return ExitCode.OK;
    }
}
