package io.rebootless.cli.fleet;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.ApiKeyInfo;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "Lists the API keys, the revoked ones included; never the keys themselves.")
final class ApiKeyListCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var keys = PatchServer.connect(server).apiKeys();
        output.print(keys, out -> show(keys, out));
        return ExitCode.OK;
    }

    private static void show(List<ApiKeyInfo> keys, PrintWriter out) {
        String line = "%-36s  %-20s  %-9s  %-7s  %-20s  %s";
        out.println(line.formatted("ID", "NAME", "ROLE", "STATE", "EXPIRES", "LAST USED"));
        for (ApiKeyInfo key : keys) {
            out.println(line.formatted(
                    key.id(),
                    key.name(),
                    key.role(),
                    key.state(),
                    key.expires() == null ? "never" : key.expires(),
                    key.lastUsed() == null ? "never" : key.lastUsed()));
        }
    }
}
