package io.rebootless.cli.rollout;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.RolloutApi;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.NamedPlan;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "Lists the plans, built-in ones included.")
final class PlanListCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var plans = RolloutApi.connect(server).plans();
        output.print(plans, out -> {
            out.println("%-24s  %-16s  %s".formatted("PLAN", "CHANGED BY", "RINGS"));
            for (NamedPlan plan : plans) {
                String by = plan.changedBy() == null ? "(built in)" : plan.changedBy();
                out.println("%-24s  %-16s  %s".formatted(plan.name(), by, PlanText.rings(plan.plan())));
            }
        });
        return ExitCode.OK;
    }
}
