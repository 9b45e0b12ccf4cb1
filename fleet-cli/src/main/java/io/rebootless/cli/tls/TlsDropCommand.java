package io.rebootless.cli.tls;

import io.rebootless.bundle.Sha256;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "drop",
        description = {
            "Takes an authority out of what hosts are told to trust.",
            "",
            "A next one is taken back; a previous one is forgotten before its time, with whoever knows only that one; or one of a server that is no more. It needs an admin's key."
        })
final class TlsDropCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "FINGERPRINT", description = "Of the authority, as `rebootless tls status` shows it.")
    String fingerprint;

    @Override
    public Integer call() throws IOException {
        Sha256 wanted;
        try {
            wanted = new Sha256(fingerprint);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(ExitCode.USAGE, "\"%s\" is no fingerprint: 64 of 0-9 a-f".formatted(fingerprint));
        }
        PatchServer.connect(server).dropAuthority(wanted);
        spec.commandLine().getOut().println("dropped " + wanted);
        return ExitCode.OK;
    }
}
