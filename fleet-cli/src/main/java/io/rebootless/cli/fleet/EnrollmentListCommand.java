package io.rebootless.cli.fleet;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.EnrollmentKeyInfo;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "list", description = "Lists the enrolment keys, the newest first; never the keys themselves.")
final class EnrollmentListCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        var keys = PatchServer.connect(server).enrollmentKeys();
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(WireJson.mapper().writeValueAsString(keys));
            return ExitCode.OK;
        }
        out.println("%-36s  %-20s  %-8s  %14s  %-20s  %s"
                .formatted("ID", "NAME", "STATE", "USES LEFT", "EXPIRES", "LABELS"));
        for (EnrollmentKeyInfo key : keys) {
            out.println("%-36s  %-20s  %-8s  %14s  %-20s  %s"
                    .formatted(
                            key.id(),
                            key.name(),
                            key.state().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                            "%d of %d".formatted(key.usesLeft(), key.uses()),
                            key.expires().truncatedTo(ChronoUnit.SECONDS),
                            key.labels()));
        }
        return ExitCode.OK;
    }
}
