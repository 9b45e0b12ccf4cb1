package io.rebootless.cli.fleet;

import io.rebootless.bundle.Sha256;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.FleetHost;
import io.rebootless.wire.FleetHost.Quarantine;
import io.rebootless.wire.QuarantineLift;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "lift",
        description = {
            "Has a host try a bundle again that it has in quarantine. It is told when it polls next.",
            "",
            "Without --id or --bundle the one that it has. If the host crashes again, it quarantines it again."
        })
final class HostQuarantineLiftCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "HOST", description = HostCommand.HOST)
    String host;

    @Option(names = "--id", paramLabel = "ID", description = "This quarantine; repeat for more.")
    List<UUID> ids = new ArrayList<>();

    @Option(
            names = "--bundle",
            paramLabel = "SHA256",
            description = "In place of --id: all of the bundle with this identity.")
    Optional<String> bundle = Optional.empty();

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, for the audit log.")
    String reason;

    @Option(names = "--json", description = "Print the host, as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        var patchServer = PatchServer.connect(server);
        UUID id = patchServer.hostId(host);
        QuarantineLift lift = request(patchServer, id);
        FleetHost after = patchServer.liftQuarantine(id, lift);
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(WireJson.mapper().writeValueAsString(after));
            return ExitCode.OK;
        }
        for (Quarantine one : after.quarantined()) {
            if (lift.ids().contains(one.id()) || one.bundle().equals(lift.bundle())) {
                out.println("%s: quarantine %s of level %d (%s) is lifted; the host is told when it polls next"
                        .formatted(after.hostname(), one.id(), one.level(), one.publication()));
            }
        }
        return ExitCode.OK;
    }

    private QuarantineLift request(PatchServer patchServer, UUID id) throws IOException {
        try {
            if (ids.isEmpty() && bundle.isEmpty()) {
                return new QuarantineLift(List.of(only(patchServer.host(id))), null, reason);
            }
            return new QuarantineLift(ids, bundle.map(Sha256::new).orElse(null), reason);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private static UUID only(FleetHost host) {
        var waiting =
                host.quarantined().stream().filter(one -> one.lifted() == null).toList();
        if (waiting.isEmpty()) {
            throw new CommandFailed(
                    ExitCode.REFUSED, "%s has nothing in quarantine that is not lifted".formatted(host.hostname()));
        }
        if (waiting.size() > 1) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "%s has %d in quarantine: say which with --id or --bundle; `rebootless host quarantine list` shows them"
                            .formatted(host.hostname(), waiting.size()));
        }
        return waiting.get(0).id();
    }
}
