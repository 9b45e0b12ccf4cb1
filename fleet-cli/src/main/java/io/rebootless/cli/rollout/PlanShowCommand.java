package io.rebootless.cli.rollout;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.RolloutApi;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "show", description = "Shows a plan.")
final class PlanShowCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "NAME", description = PlanCommand.NAME)
    String name;

    @Option(names = "--json", description = "Print it as `rebootless plan set` takes it.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        var plan = RolloutApi.connect(server).plan(name);
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(WireJson.indented().writeValueAsString(plan.plan()));
            return ExitCode.OK;
        }
        out.println("plan          " + plan.name());
        if (plan.changedBy() != null) {
            out.println("changed       %s by %s".formatted(plan.changed(), plan.changedBy()));
        }
        PlanText.whole(plan.plan(), out);
        return ExitCode.OK;
    }
}
