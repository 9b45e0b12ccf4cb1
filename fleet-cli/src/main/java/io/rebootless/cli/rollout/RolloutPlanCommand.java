package io.rebootless.cli.rollout;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.RolloutApi;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "plan",
        description = {
            "Chooses the plan of a rollout that has not begun.",
            "",
            "A rollout begins when its first bundle is published: choose before."
        })
final class RolloutPlanCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "PUBLICATION", description = "The publication's name, as its bundles have it, or will.")
    String publication;

    @Option(
            names = "--plan",
            paramLabel = "NAME",
            required = true,
            description = "A plan's name, from `rebootless plan list`.")
    String plan;

    @Override
    public Integer call() throws IOException {
        var rollout = RolloutApi.connect(server).choose(publication, plan);
        spec.commandLine()
                .getOut()
                .println("the rollout of %s goes by plan %s: %s"
                        .formatted(rollout.publication(), rollout.planName(), PlanText.rings(rollout.plan())));
        return ExitCode.OK;
    }
}
