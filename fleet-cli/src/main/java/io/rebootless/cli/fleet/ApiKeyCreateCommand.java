package io.rebootless.cli.fleet;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
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
            "operator   reads, enrols hosts, has them leave, replaces their tokens",
            "publisher  reads, uploads and withdraws bundles, states which kernel builds a CVE does not concern",
            "admin      all of it, and API keys, audit log, bundles' files and the server's authority"
        })
final class ApiKeyCreateCommand implements Callable<Integer> {
    private static final Set<String> ROLES = Set.of("viewer", "operator", "publisher", "admin");

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
        if (!ROLES.contains(role)) {
            throw new CommandFailed(ExitCode.USAGE, "--role: viewer, operator, publisher or admin, not " + role);
        }
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
