package io.rebootless.cli.fleet;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.EnrollmentKeyRequest;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
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
            "Makes an enrolment key, and a block to paste that makes a machine a host.",
            "",
            "The key is shown once; the block has no secret in it. Pasted into a shell of root, or of somebody who may"
                    + " sudo, it fetches the agent from the server, installs it, asks for the key and enrols."
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

    @Mixin
    BlockOptions blockOptions;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        file.check();
        Optional<String> block = blockOptions.block(server);
        var key = PatchServer.connect(server).createEnrollmentKey(request());
        var out = spec.commandLine().getOut();
        if (file.keep(key.key())) {
            out.println("enrolment key \"%s\" in %s: for %d hosts, until %s"
                    .formatted(key.name(), file.file.orElseThrow(), key.uses(), key.expires()));
        } else {
            out.println(json ? WireJson.mapper().writeValueAsString(key) : key.key());
        }
        if (block.isPresent() && !blockOptions.keep(block.get()) && !json) {
            out.println();
            out.println("Paste this into a shell of each host:");
            out.println();
            out.print(block.get());
            out.flush();
            tellWhatIsMissing();
        }
        return ExitCode.OK;
    }

    private void tellWhatIsMissing() {
        var err = spec.commandLine().getErr();
        if (blockOptions.publishers.isEmpty()) {
            err.println("Without --publisher the block says of nobody that hosts shall trust them: certificates go into"
                    + " /etc/rebootless/trust.d.");
        }
        if (blockOptions.sums.isEmpty()) {
            err.println("Without --sums hosts believe the server about the software that they install.");
        }
        if (blockOptions.address.isEmpty() && server.onThisMachine()) {
            err.println("Hosts do not reach %s: --address URL".formatted(server.server()));
        }
        err.flush();
    }

    private EnrollmentKeyRequest request() {
        return CommandFailed.ifUnfit(() -> new EnrollmentKeyRequest(name, uses, validHours, labels));
    }
}
