package io.rebootless.cli.rollout;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.RolloutApi;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
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
            "A rollout begins when its first bundle is published: choose before. One that waits for its approval begins"
                    + " at once by a plan that wants none."
        })
final class RolloutPlanCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "PUBLICATION", description = "The publication's name, as its bundles have it, or will.")
    String publication;

    @ArgGroup(multiplicity = "1")
    Choice choice = new Choice();

    /** Exactly one of them. */
    static final class Choice {
        @Option(names = "--plan", paramLabel = "NAME", description = "A plan's name, from `rebootless plan list`.")
        Optional<String> plan = Optional.empty();

        @Option(
                names = "--forget",
                description = "Forget what was chosen, if nothing is published under the name: a misspelt one, too.")
        boolean forget;
    }

    @Override
    public Integer call() throws IOException {
        var api = RolloutApi.connect(server);
        if (choice.forget) {
            api.forget(publication);
            spec.commandLine().getOut().println("nothing is chosen for %s".formatted(publication));
            return ExitCode.OK;
        }
        var rollout = api.choose(publication, choice.plan.orElseThrow());
        spec.commandLine()
                .getOut()
                .println("the rollout of %s goes by plan %s: %s"
                        .formatted(rollout.publication(), rollout.planName(), PlanText.rings(rollout.plan())));
        return ExitCode.OK;
    }
}
