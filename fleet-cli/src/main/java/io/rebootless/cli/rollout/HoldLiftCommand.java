package io.rebootless.cli.rollout;

import io.rebootless.cli.Confirmation;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.RolloutApi;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "lift", description = "Lifts a hold: its hosts are told what the others are told.")
final class HoldLiftCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "ID", description = "From `rebootless hold list`.")
    UUID id;

    @Mixin
    Confirmation confirmation;

    @Override
    public Integer call() throws IOException {
        var api = RolloutApi.connect(server);
        if (confirmation.given(api.previewLift(id))) {
            api.lift(id);
            spec.commandLine().getOut().println("hold %s is lifted".formatted(id));
        }
        return ExitCode.OK;
    }
}
