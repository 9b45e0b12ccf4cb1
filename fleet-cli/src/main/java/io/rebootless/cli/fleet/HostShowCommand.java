package io.rebootless.cli.fleet;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.Directive;
import io.rebootless.wire.FleetHost;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "show", description = "Shows all that the server knows of a host.")
final class HostShowCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "HOST", description = HostCommand.HOST)
    String host;

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var patchServer = PatchServer.connect(server);
        var found = patchServer.host(patchServer.hostId(host));
        var told = patchServer.directive(found.id());
        output.print(found, out -> show(found, told, out));
        return ExitCode.OK;
    }

    private static void show(FleetHost host, Optional<Directive> told, PrintWriter out) {
        line(out, "id", host.id());
        line(out, "hostname", host.hostname());
        line(out, "labels", host.labels());
        line(
                out,
                "kernel",
                "%s, build %s"
                        .formatted(
                                host.kernel().release(), host.kernel().buildId().hex()));
        line(out, "level", "%d of %d".formatted(host.level(), host.latestLevel()));
        told.ifPresent(directive -> line(out, "told", told(directive)));
        line(out, "state", Output.word(host.state()));
        line(out, "protection", Output.word(host.protection()));
        line(out, "agent", host.agentVersion());
        line(out, "boot", host.bootId() == null ? "not reported yet" : host.bootId());
        line(out, "enrolled", host.enrolled());
        line(out, "last seen", host.lastSeen() == null ? "never" : host.lastSeen());
        if (host.tokenWanted() != null) {
            line(out, "token", "asked to fetch a new one since " + host.tokenWanted());
        }
        var failure = host.failure();
        if (failure != null) {
            line(out, "failure", failure.name() + ": " + failure.message());
        }
        Quarantines.show(host, out);
        Clones.show(host, out);
    }

    private static String told(Directive told) {
        var bundle = told.bundle();
        String what = bundle == null
                ? Output.word(told.order())
                : "run level %d (%s)".formatted(bundle.level(), bundle.publication());
        return told.reason() == null ? what : what + ": " + told.reason();
    }

    private static void line(PrintWriter out, String name, Object value) {
        out.println("%-11s %s".formatted(name, value));
    }
}
