package io.rebootless.cli.fleet;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.EnrollmentKeyRequest;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "create",
        description = {
            "Makes an enrolment key.",
            "",
            "It is shown once. Bring it to the hosts in a file, and there:",
            "  rebootless-agent enroll --server URL --ca ca.pem --key-file FILE"
        })
final class EnrollmentCreateCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "What it is for, for people.")
    String name;

    @Option(
            names = "--uses",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many hosts may join with it (default: ${DEFAULT-VALUE}).")
    int uses;

    @Option(
            names = "--valid-hours",
            paramLabel = "HOURS",
            defaultValue = "24",
            description = "How long it works (default: ${DEFAULT-VALUE}).")
    int validHours;

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "Set on every host that joins with it.")
    Map<String, String> labels = new TreeMap<>();

    @Mixin
    KeyFile file;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        file.check();
        var key = PatchServer.connect(server).createEnrollmentKey(request());
        var out = spec.commandLine().getOut();
        if (file.keep(key.key())) {
            out.println("enrolment key \"%s\" in %s: for %d hosts, until %s"
                    .formatted(key.name(), file.file.orElseThrow(), key.uses(), key.expires()));
        } else {
            out.println(json ? WireJson.mapper().writeValueAsString(key) : key.key());
        }
        return ExitCode.OK;
    }

    private EnrollmentKeyRequest request() {
        try {
            return new EnrollmentKeyRequest(name, uses, validHours, labels);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }
}
