package io.rebootless.cli.rollout;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.RolloutApi;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.Rollout;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "Lists the rollouts, the newest first.")
final class RolloutListCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var rollouts = RolloutApi.connect(server).rollouts();
        output.print(rollouts, out -> show(rollouts, out));
        return ExitCode.OK;
    }

    private static void show(List<Rollout> rollouts, PrintWriter out) {
        out.println("%-20s  %-28s  %-12s  %5s  %8s  %s"
                .formatted("PUBLICATION", "KERNEL", "BUILD", "LEVEL", "SETTLED", "STATE"));
        for (Rollout rollout : rollouts) {
            for (Rollout.Build build : rollout.builds()) {
                out.println("%-20s  %-28s  %-12s  %5d  %8d  %s"
                        .formatted(
                                rollout.publication(),
                                build.kernel().release(),
                                build.kernel().buildId().hex().substring(0, 12),
                                build.level(),
                                build.hosts().settled(),
                                RolloutText.state(build, rollout)));
            }
            if (rollout.builds().isEmpty()) {
                out.println("%-20s  %-28s  %-12s  %5s  %8s  not published yet"
                        .formatted(rollout.publication(), "", "", "", ""));
            }
        }
    }
}
