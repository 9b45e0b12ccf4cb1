package io.rebootless.cli.bundle;

import io.rebootless.bundle.RefusedException;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.PublicationState;
import io.rebootless.wire.PublishedBundle;
import io.rebootless.wire.WireJson;
import io.rebootless.wire.Withdrawal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "upload",
        description = {
            "Publishes a signed bundle: hosts of its kernel build take it as its rollout's plan says.",
            "",
            "The server verifies it before anybody can see it. Uploading the same bytes again changes nothing, and",
            "is said so; a bundle that was withdrawn stays so, and uploading it is refused (exit code 1)."
        })
final class BundleUploadCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Option(names = "--json", description = "Print the server's answer as JSON.")
    boolean json;

    @Parameters(paramLabel = "BUNDLE", description = "The *.rlb to publish.")
    Path file;

    @Override
    public Integer call() throws IOException, RefusedException {
        // Not a livepatch's bundle, cut short, or unsigned: no need to ask the server.
        BundleFiles.readLivepatch(file);
        var uploaded = PatchServer.connect(server).upload(file);
        PublishedBundle published = uploaded.bundle();
        var out = spec.commandLine().getOut();
        boolean withdrawn = published.state() == PublicationState.WITHDRAWN;
        if (json) {
            out.println(WireJson.mapper().writeValueAsString(published));
        } else if (!withdrawn) {
            out.println("%s %s: level %d for %s, file %s"
                    .formatted(
                            uploaded.fresh() ? "published" : "already published",
                            published.publication(),
                            published.level(),
                            published.kernel().release(),
                            published.fileDigest()));
            out.println("identity %s, as `bundle list` shows it".formatted(published.identity()));
            published
                    .signers()
                    .forEach(signer -> out.println("signed by %s (%s…)"
                            .formatted(signer.name(), signer.fingerprint().brief())));
        }
        if (withdrawn) {
            throw new CommandFailed(ExitCode.REFUSED, refusal(published));
        }
        return ExitCode.OK;
    }

    private String refusal(PublishedBundle bundle) {
        Withdrawal withdrawal = bundle.withdrawal();
        return "%s: level %d for %s, %s, was withdrawn%s. It stays so, and no host is given it: publish the corrected fix with a higher level."
                .formatted(
                        file,
                        bundle.level(),
                        bundle.kernel().release(),
                        bundle.publication(),
                        withdrawal == null
                                ? ""
                                : " at %s by %s (%s)".formatted(withdrawal.at(), withdrawal.by(), withdrawal.reason()));
    }
}
