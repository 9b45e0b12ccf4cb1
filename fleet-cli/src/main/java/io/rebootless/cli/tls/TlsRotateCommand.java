package io.rebootless.cli.tls;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "rotate",
        description = {
            "Has the server make its next authority and tell the hosts of it.",
            "",
            "Hosts learn it with their next poll. The server goes over to it by itself when every host that answers trusts it and rebootless.tls.grace is over; `rebootless tls switch` does so at once. It needs an admin's key."
        })
final class TlsRotateCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Override
    public Integer call() throws IOException {
        var tls = PatchServer.connect(server).announceAuthority();
        TlsText.lines(tls).forEach(spec.commandLine().getOut()::println);
        return ExitCode.OK;
    }
}
