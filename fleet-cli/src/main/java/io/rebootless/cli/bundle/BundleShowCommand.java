package io.rebootless.cli.bundle;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.Catalogue;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.PublishedBundle;
import io.rebootless.wire.Withdrawal;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "show", description = "Shows one bundle of the server's, withdrawn ones too.")
final class BundleShowCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Mixin
    Output output;

    @Parameters(paramLabel = "DIGEST", description = "The bundle's identity or its file's SHA-256, 64 hex digits.")
    String digest;

    @Override
    public Integer call() throws IOException {
        var bundle = Catalogue.connect(server).bundle(digest);
        output.print(bundle, out -> show(bundle, out));
        return ExitCode.OK;
    }

    static void show(PublishedBundle bundle, PrintWriter out) {
        out.println("identity     " + bundle.identity());
        out.println("file         %s, %,d bytes".formatted(bundle.fileDigest(), bundle.size()));
        out.println("publication  %s: %s".formatted(bundle.publication(), bundle.title()));
        out.println("kernel       %s %s"
                .formatted(bundle.kernel().release(), bundle.kernel().version()));
        out.println("build-id     " + bundle.kernel().buildId());
        out.println("level        %d, floor %d%s"
                .formatted(bundle.level(), bundle.floor(), bundle.downgradeSafe() ? ", downgrade-safe" : ""));
        bundle.cves()
                .forEach(cve -> out.println("fixes        %s (%s)"
                        .formatted(cve.id(), cve.severity().word())));
        bundle.signers()
                .forEach(signer -> out.println("signed by    %s (%s…)"
                        .formatted(signer.name(), signer.fingerprint().brief())));
        out.println("published    " + bundle.uploaded());
        out.println("state        " + Output.word(bundle.state()));
        Withdrawal withdrawal = bundle.withdrawal();
        if (withdrawal != null) {
            out.println("withdrawn    %s by %s: %s".formatted(withdrawal.at(), withdrawal.by(), withdrawal.reason()));
        }
    }
}
