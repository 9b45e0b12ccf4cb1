package io.rebootless.cli.fleet;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.ApiKeyInfo;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "list", description = "Lists the API keys, the revoked ones included; never the keys themselves.")
final class ApiKeyListCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        var keys = PatchServer.connect(server).apiKeys();
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(WireJson.mapper().writeValueAsString(keys));
            return ExitCode.OK;
        }
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
        return ExitCode.OK;
    }
}
