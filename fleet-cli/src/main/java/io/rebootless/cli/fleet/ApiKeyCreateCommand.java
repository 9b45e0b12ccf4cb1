package io.rebootless.cli.fleet;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "create",
        description = {
            "Makes an API key. It is shown once.",
            "",
            "viewer     reads everything but secrets",
            "operator   and enrols hosts, has them leave, replaces their tokens",
            "publisher  reads, and uploads bundles",
            "admin      all of it, and the API keys"
        })
final class ApiKeyCreateCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "Who uses it, for people.")
    String name;

    @Option(
            names = "--role",
            required = true,
            paramLabel = "ROLE",
            description = "viewer, operator, publisher or admin.")
    String role;

    @Option(
            names = "--valid-days",
            paramLabel = "DAYS",
            description = "How long it works, 1 to 3650; without it, until it is revoked.")
    Optional<Integer> validDays = Optional.empty();

    @Mixin
    KeyFile file;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        file.check();
        var key = PatchServer.connect(server).createApiKey(name, role, validDays);
        var out = spec.commandLine().getOut();
        String secret = String.valueOf(key.key());
        if (file.keep(secret)) {
            out.println("API key \"%s\" (%s) in %s: %s"
                    .formatted(
                            key.name(),
                            key.role(),
                            file.file.orElseThrow(),
                            key.expires() == null ? "until it is revoked" : "until " + key.expires()));
        } else {
            out.println(json ? WireJson.mapper().writeValueAsString(key) : secret);
        }
        return ExitCode.OK;
    }
}
