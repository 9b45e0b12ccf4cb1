package io.rebootless.cli.tls;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "status",
        description =
                "Shows the server's certificate, the authorities that hosts are told of, and which hosts trust them.")
final class TlsStatusCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var tls = PatchServer.connect(server).tls();
        output.print(tls, out -> TlsText.lines(tls).forEach(out::println));
        return ExitCode.OK;
    }
}
