package io.rebootless.cli.bundle;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.Catalogue;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.PublicationState;
import io.rebootless.wire.WithdrawalRequest;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "withdraw",
        description = {
            "Takes a bundle back, for good: no host is given it any more.",
            "",
            "Hosts that run it are told the newest level below that is good, or none. Its level stays taken: publish the"
                    + " corrected fix with a higher one."
        })
final class BundleWithdrawCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, for those who ask later.")
    String reason;

    @Mixin
    Output output;

    @Parameters(paramLabel = "DIGEST", description = "The bundle's identity or its file's SHA-256, 64 hex digits.")
    String digest;

    @Override
    public Integer call() throws IOException {
        var catalogue = Catalogue.connect(server);
        boolean already = catalogue.bundle(digest).state() == PublicationState.WITHDRAWN;
        var bundle = catalogue.withdrawBundle(digest, new WithdrawalRequest(reason));
        output.print(bundle, out -> {
            if (already) {
                out.println("It was withdrawn already: nothing has changed, and the first reason stands.");
            }
            BundleShowCommand.show(bundle, out);
        });
        return ExitCode.OK;
    }
}
