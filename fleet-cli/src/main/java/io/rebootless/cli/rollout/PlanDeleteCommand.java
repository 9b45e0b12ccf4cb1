package io.rebootless.cli.rollout;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.RolloutApi;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "delete",
        description = "Deletes a plan; rollouts that were made by it go on. For the one called default the built-in one"
                + " applies again.")
final class PlanDeleteCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "NAME", description = PlanCommand.NAME)
    String name;

    @Override
    public Integer call() throws IOException {
        RolloutApi.connect(server).deletePlan(name);
        spec.commandLine().getOut().println("plan %s is deleted".formatted(name));
        return ExitCode.OK;
    }
}
