package io.rebootless.cli.audit;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "head",
        description = {
            "Prints the log's head, SEQUENCE:HASH.",
            "",
            "Kept where the server's administrators cannot change it, it proves every entry up to there."
        })
final class AuditHeadCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Override
    public Integer call() throws IOException {
        spec.commandLine().getOut().println(PatchServer.connect(server).auditHead());
        return ExitCode.OK;
    }
}
