package io.rebootless.cli.fleet;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.EnrollmentKeyInfo;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "Lists the enrolment keys, the newest first; never the keys themselves.")
final class EnrollmentListCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var keys = PatchServer.connect(server).enrollmentKeys();
        output.print(keys, out -> show(keys, out));
        return ExitCode.OK;
    }

    private static void show(List<EnrollmentKeyInfo> keys, PrintWriter out) {
        out.println("%-36s  %-20s  %-8s  %14s  %-20s  %s"
                .formatted("ID", "NAME", "STATE", "USES LEFT", "EXPIRES", "LABELS"));
        for (EnrollmentKeyInfo key : keys) {
            out.println("%-36s  %-20s  %-8s  %14s  %-20s  %s"
                    .formatted(
                            key.id(),
                            key.name(),
                            Output.word(key.state()),
                            "%d of %d".formatted(key.usesLeft(), key.uses()),
                            key.expires().truncatedTo(ChronoUnit.SECONDS),
                            key.labels()));
        }
    }
}
