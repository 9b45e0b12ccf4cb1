package io.rebootless.cli.fleet;

import io.rebootless.bundle.Cve;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.GateReport;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The pipeline's question. */
@Command(
        name = "gate",
        description = {
            "Asks whether every host, or every host with these labels, is protected against a CVE.",
            "",
            "A host is protected if a level that names the CVE is in force for every task, or a publisher has stated that"
                    + " its kernel build is not affected. A host that is silent, that runs a withdrawn level, or whose"
                    + " kernel build has no bundle naming the CVE, is unknown."
        },
        footerHeading = "%nIn a pipeline%n",
        footer = "  rebootless gate --cve CVE-2026-0001 --label env=production")
public final class GateCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Option(names = "--cve", required = true, paramLabel = "CVE", description = "CVE-YYYY-NNNN.")
    String cve;

    @Mixin
    HostSelection selection = new HostSelection();

    @Mixin
    Output output;

    @Override
    public Integer call() {
        if (!Cve.isId(cve)) {
            throw new CommandFailed(ExitCode.USAGE, "--cve: CVE-YYYY-NNNN expected, not " + cve);
        }
        GateReport report;
        try {
            report = PatchServer.connect(server).gate(cve, selection.filter());
        } catch (CommandFailed | IOException e) {
            // Whatever stands between us and an answer, the answer is that nobody can tell.
            boolean misused = e instanceof CommandFailed failed && failed.exitCode() == ExitCode.USAGE;
            throw new CommandFailed(misused ? ExitCode.USAGE : ExitCode.CANNOT_TELL, "cannot tell: " + words(e));
        }
        output.print(report, out -> {
            report.hosts()
                    .forEach(host -> out.println(
                            "%-10s %-28s %s".formatted(Output.word(host.verdict()), host.hostname(), host.reason())));
            if (report.hosts().isEmpty()) {
                out.println("no host " + (selection.filter().all() ? "is enrolled" : "is among those asked about"));
            }
            out.println("%s: %s".formatted(cve, Output.word(report.verdict())));
        });
        return switch (report.verdict()) {
            case PROTECTED -> ExitCode.OK;
            case EXPOSED -> ExitCode.REFUSED;
            case UNKNOWN -> ExitCode.CANNOT_TELL;
        };
    }

    private static String words(Exception e) {
        return e instanceof java.nio.file.NoSuchFileException
                ? e.getMessage() + ": no such file"
                : String.valueOf(e.getMessage());
    }
}
