package io.rebootless.cli.tls;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "switch",
        description = {
            "Has the server's next authority take over now.",
            "",
            "The server refuses while a host that answers does not trust it. The one before is kept until everybody has moved: who knows only that one goes on. It needs an admin's key."
        })
final class TlsSwitchCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Option(names = "--force", description = "Though hosts that answer are missing; only after rebootless.tls.grace.")
    boolean force;

    @Override
    public Integer call() throws IOException {
        var tls = PatchServer.connect(server).switchAuthority(force);
        TlsText.lines(tls).forEach(spec.commandLine().getOut()::println);
        return ExitCode.OK;
    }
}
