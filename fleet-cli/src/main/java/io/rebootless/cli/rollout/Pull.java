package io.rebootless.cli.rollout;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.Confirmation;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.RolloutApi;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.RolloutLever;
import io.rebootless.wire.RolloutOrder;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What the levers of a rollout have in common. */
final class Pull {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Parameters(paramLabel = "PUBLICATION", description = RolloutCommand.PUBLICATION)
    private String publication;

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why, for those who ask later.")
    private String reason;

    @Mixin
    private Confirmation confirmation;

    int lever(RolloutLever lever) throws IOException {
        var order = CommandFailed.ifUnfit(() -> new RolloutOrder(reason));
        var api = RolloutApi.connect(server);
        if (confirmation.given(api.preview(publication, lever))) {
            RolloutText.whole(
                    api.pull(publication, lever, order),
                    List.of(),
                    spec.commandLine().getOut());
        }
        return ExitCode.OK;
    }
}
