package io.rebootless.cli.catalog;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.Confirmation;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.Catalogue;
import io.rebootless.cli.server.RolloutApi;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.RolloutLever;
import io.rebootless.wire.Touched;
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
            "Nothing more is published under its name. A publisher's or an admin's key is wanted."
        })
final class PublicationWithdrawCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, for those who ask later.")
    String reason;

    @Mixin
    Confirmation confirmation;

    @Mixin
    Output output;

    @Parameters(paramLabel = "NAME", description = "As in the bundles' manifests.")
    String name;

    @Override
    public Integer call() throws IOException {
        var catalogue = Catalogue.connect(server);
        var publication = catalogue.publication(name);
        boolean already = publication.withdrawal() != null;
        if (!already || confirmation.dryRun()) {
            if (!confirmed()) {
                return ExitCode.OK;
            }
            publication = catalogue.withdrawPublication(name, new WithdrawalRequest(reason));
        }
        var shown = publication;
        output.print(shown, out -> {
            if (already) {
                out.println("It was withdrawn already: nothing has changed, and the first reason stands.");
            }
            PublicationText.whole(shown, out);
        });
        return ExitCode.OK;
    }

    /** It has to work when rollouts do not. */
    private boolean confirmed() throws IOException {
        Touched touched;
        try {
            touched = RolloutApi.connect(server).preview(name, RolloutLever.WITHDRAW);
        } catch (CommandFailed e) {
            if (!confirmation.yes() || confirmation.dryRun()) {
                throw new CommandFailed(
                        e.exitCode(),
                        "whom it would touch cannot be said; --yes withdraws it all the same: " + e.getMessage());
            }
            return true;
        }
        return confirmation.given(touched, output);
    }
}
