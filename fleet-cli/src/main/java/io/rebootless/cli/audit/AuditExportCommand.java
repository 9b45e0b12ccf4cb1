package io.rebootless.cli.audit;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.OutputFile;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "export",
        description = {
            "Writes the whole log as JSON lines, one entry a line; its head is the last line.",
            "",
            "What it proves is then asked without a server: rebootless audit verify FILE"
        })
final class AuditExportCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Option(
            names = {"-o", "--out"},
            required = true,
            paramLabel = "FILE",
            description = "Write it there, whole or not at all.")
    Path file;

    @Option(names = "--force", description = "Replace the file if it exists.")
    boolean force;

    @Override
    public Integer call() throws IOException {
        var from = PatchServer.connect(server);
        OutputFile.create(file, force, to -> from.auditExport(export -> export.transferTo(to)));
        spec.commandLine().getOut().println("the audit log is in " + file);
        return ExitCode.OK;
    }
}
