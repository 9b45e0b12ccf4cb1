package io.rebootless.cli.bundle;

import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.RefusedException;
import io.rebootless.cli.ExitCode;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "inspect",
        description = {"Shows what a bundle says of itself, signed or not.", "", "Trusts nobody: see `bundle verify`."})
final class BundleInspectCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Parameters(paramLabel = "BUNDLE", description = "The *.rlb to look at.")
    Path file;

    @Override
    public Integer call() throws IOException, RefusedException {
        Bundle bundle = BundleFiles.readDraft(file);
        var out = spec.commandLine().getOut();
        if (json) {
            var mapper = WireJson.mapper();
            var root = mapper.createObjectNode();
            root.set("header", mapper.valueToTree(bundle.header()));
            root.set("manifest", mapper.readTree(bundle.manifestJson()));
            root.put("identity", bundle.identity().hex());
            root.put("fileDigest", bundle.fileDigest().hex());
            root.put("size", bundle.fileSize());
            root.put("signatures", bundle.signatures().size());
            out.println(mapper.writeValueAsString(root));
        } else {
            BundleFiles.show(bundle, out);
        }
        return ExitCode.OK;
    }
}
