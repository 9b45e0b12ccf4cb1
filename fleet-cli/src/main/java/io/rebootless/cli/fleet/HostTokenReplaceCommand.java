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
        name = "token-replace",
        description = {
            "Has a host fetch a new token when it polls next.",
            "",
            "Its present token is good until the host has shown the new one; `rebootless host show` tells when that is done."
        })
final class HostTokenReplaceCommand implements Callable<Integer> {
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
        patchServer.replaceToken(id);
        spec.commandLine().getOut().println("host %s fetches a new token when it polls next".formatted(id));
        return ExitCode.OK;
    }
}
