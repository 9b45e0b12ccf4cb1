package io.rebootless.cli.fleet;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "leave",
        description = {
            "Has a host leave the fleet: its token opens nothing any more, on any server, within seconds.",
            "",
            "What is in force on the host stays in force. To come back it must enrol again."
        })
final class HostLeaveCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "HOST", description = HostCommand.HOST)
    String host;

    @Override
    public Integer call() throws IOException {
        var patchServer = PatchServer.connect(server);
        UUID id = patchServer.hostId(host);
        patchServer.retire(id);
        spec.commandLine().getOut().println("host %s has left the fleet".formatted(id));
        return ExitCode.OK;
    }
}
