package io.rebootless.cli.rollout;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.RolloutApi;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.RolloutHostState;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "hosts", description = "Lists the hosts of a rollout by name, and where each stands.")
final class RolloutHostsCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "PUBLICATION", description = RolloutCommand.PUBLICATION)
    String publication;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description =
                    "Only those that stand there: drawn (spared so far), released (may fetch it), handed (under way),"
                            + " settled, failed, incident, silent, unreached, held or gone.")
    Optional<RolloutHostState> state = Optional.empty();

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var hosts = RolloutApi.connect(server).hosts(publication, state);
        output.print(hosts, out -> {
            out.println(RolloutText.HOSTS);
            hosts.forEach(host -> out.println(RolloutText.host(host)));
        });
        return ExitCode.OK;
    }
}
