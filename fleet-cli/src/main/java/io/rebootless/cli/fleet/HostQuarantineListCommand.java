package io.rebootless.cli.fleet;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.FleetHost;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        description = {
            "Lists the bundles in quarantine: on which host, since when by its clock, and why.",
            "",
            "LIFTED tells when an operator has lifted it; the line goes when the host says that it has heard."
        })
final class HostQuarantineListCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Option(names = "--host", paramLabel = "HOST", description = "Only those of this host: its id or name.")
    Optional<String> host = Optional.empty();

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var patchServer = PatchServer.connect(server);
        var hosts = host.isPresent()
                ? List.of(patchServer.host(patchServer.hostId(host.get())))
                : patchServer.quarantinedHosts();
        output.print(hosts, out -> show(hosts, out));
        return ExitCode.OK;
    }

    private static void show(List<FleetHost> hosts, PrintWriter out) {
        String line = "%-36s  %-20s  %5s  %-16s  %-20s  %-20s  %s";
        out.println(line.formatted("ID", "HOST", "LEVEL", "PUBLICATION", "SINCE", "LIFTED", "WHY"));
        for (FleetHost host : hosts) {
            for (var one : host.quarantined()) {
                out.println(line.formatted(
                        one.id(),
                        host.hostname(),
                        one.level(),
                        one.publication(),
                        Quarantines.seconds(one.at()),
                        one.lifted() == null ? "no" : Quarantines.seconds(one.lifted()),
                        one.reason().name() + ": " + one.reason().message()));
            }
        }
    }
}
