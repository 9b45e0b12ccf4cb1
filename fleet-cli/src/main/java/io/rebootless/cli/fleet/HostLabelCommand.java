package io.rebootless.cli.fleet;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.FleetHost;
import io.rebootless.wire.LabelChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "label",
        description = {
            "Sets and removes labels of a host, or shows them.",
            "",
            "What is not named stays. Every change is in the audit log."
        },
        footerHeading = "%nExamples%n",
        footer = {"  rebootless host label web-1 env=prod rack=r1 old-", "  rebootless host label web-1"})
final class HostLabelCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Parameters(index = "0", paramLabel = "HOST", description = HostCommand.HOST)
    String host;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "KEY=VALUE|KEY-",
            description = "A label to set; or, with a - at the end, one to remove.")
    List<String> changes = List.of();

    @Override
    public Integer call() throws IOException {
        var change = changes.isEmpty() ? Optional.<LabelChange>empty() : Optional.of(change());
        var patchServer = PatchServer.connect(server);
        UUID id = patchServer.hostId(host);
        FleetHost now = change.isEmpty() ? patchServer.host(id) : patchServer.changeLabels(id, change.get());
        new TreeMap<>(now.labels())
                .forEach((key, value) -> spec.commandLine().getOut().println(key + "=" + value));
        return ExitCode.OK;
    }

    private LabelChange change() {
        var set = new TreeMap<String, String>();
        var remove = new ArrayList<String>();
        for (String word : changes) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                if (set.put(word.substring(0, equals), word.substring(equals + 1)) != null) {
                    throw usage("%s is set twice".formatted(word.substring(0, equals)));
                }
            } else if (equals < 0 && word.length() > 1 && word.endsWith("-")) {
                remove.add(word.substring(0, word.length() - 1));
            } else {
                throw usage("\"%s\" is neither KEY=VALUE, to set, nor KEY-, to remove".formatted(word));
            }
        }
        try {
            return new LabelChange(set, remove);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private static CommandFailed usage(String message) {
        return new CommandFailed(ExitCode.USAGE, message);
    }
}
