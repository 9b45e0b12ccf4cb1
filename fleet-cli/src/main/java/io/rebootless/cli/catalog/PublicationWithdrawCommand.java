package io.rebootless.cli.catalog;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.TouchedText;
import io.rebootless.cli.server.Catalogue;
import io.rebootless.cli.server.RolloutApi;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.RolloutLever;
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
            "Takes all of a publication back, for good: no host is given any of its bundles any more.",
            "",
            "Nothing more is published under its name."
        })
final class PublicationWithdrawCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, for those who ask later.")
    String reason;

    @Option(names = "--dry-run", description = "Only say which hosts it would touch; change nothing.")
    boolean dryRun;

    @Mixin
    Output output;

    @Parameters(paramLabel = "NAME", description = "As in the bundles' manifests.")
    String name;

    @Override
    public Integer call() throws IOException {
        if (dryRun) {
            var touched = RolloutApi.connect(server).preview(name, RolloutLever.WITHDRAW);
            output.print(touched, out -> {
                TouchedText.show(touched, out);
                out.println("Nothing was changed.");
            });
            return ExitCode.OK;
        }
        var catalogue = Catalogue.connect(server);
        boolean already = catalogue.publication(name).withdrawal() != null;
        var publication = catalogue.withdrawPublication(name, new WithdrawalRequest(reason));
        output.print(publication, out -> {
            if (already) {
                out.println("It was withdrawn already: nothing has changed, and the first reason stands.");
            }
            PublicationText.whole(publication, out);
        });
        return ExitCode.OK;
    }
}
