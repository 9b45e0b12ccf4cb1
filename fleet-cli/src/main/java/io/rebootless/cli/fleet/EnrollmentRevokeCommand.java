package io.rebootless.cli.fleet;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "revoke",
        description = {"Ends an enrolment key: no host joins with it any more. Those that have stay."})
final class EnrollmentRevokeCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "ID", description = "From `rebootless enrollment list`.")
    UUID id;

    @Override
    public Integer call() throws IOException {
        PatchServer.connect(server).revokeEnrollmentKey(id);
        spec.commandLine().getOut().println("enrolment key %s is revoked".formatted(id));
        return ExitCode.OK;
    }
}
