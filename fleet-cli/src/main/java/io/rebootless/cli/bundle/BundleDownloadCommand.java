package io.rebootless.cli.bundle;

import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.Sha256;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.OutputFile;
import io.rebootless.cli.server.Catalogue;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "download",
        description = {"Fetches a bundle's file, withdrawn ones too.", "", "Trusts nobody: see `bundle verify`."})
final class BundleDownloadCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Option(names = "--force", description = "Overwrite the file.")
    boolean force;

    @Option(
            names = {"-o", "--out"},
            required = true,
            paramLabel = "FILE",
            description = "Where to.")
    Path out;

    @Parameters(paramLabel = "DIGEST", description = "The bundle's identity or its file's SHA-256, 64 hex digits.")
    String digest;

    @Override
    public Integer call() throws IOException, RefusedException {
        var catalogue = Catalogue.connect(server);
        var bundle = catalogue.bundle(digest);
        OutputFile.create(out, force, to -> {
            var computed = new DigestOutputStream(to, Sha256.start());
            catalogue.download(bundle, computed);
            computed.flush();
            if (!Sha256.from(computed.getMessageDigest()).equals(bundle.fileDigest())) {
                throw new CommandFailed(ExitCode.UNAVAILABLE, "what arrived is not %s; try again".formatted(digest));
            }
        });
        spec.commandLine().getOut().println("%s: %,d bytes".formatted(out, bundle.size()));
        return ExitCode.OK;
    }
}
