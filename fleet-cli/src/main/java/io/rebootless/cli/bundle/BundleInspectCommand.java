package io.rebootless.cli.bundle;

import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.SignedFile;
import io.rebootless.bundle.TrustBundle;
import io.rebootless.cli.ExitCode;
import io.rebootless.trust.TrustedPublishers;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

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
        SignedFile bundle = BundleFiles.readDraft(file);
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(WireJson.mapper().writeValueAsString(json(bundle)));
        } else {
            BundleFiles.show(bundle, out);
        }
        return ExitCode.OK;
    }

    private static ObjectNode json(SignedFile bundle) throws RefusedException {
        var mapper = WireJson.mapper();
        var root = mapper.createObjectNode();
        var header = root.putObject("header");
        header.put("kind", bundle.header().kind().name());
        header.setAll((ObjectNode) mapper.valueToTree(bundle.header()));
        root.set("manifest", mapper.readTree(bundle.manifestJson()));
        if (bundle instanceof TrustBundle trust) {
            var publishers = TrustedPublishers.of(trust.trustSet());
            var set = root.putObject("trustSet").put("threshold", publishers.threshold());
            var certificates = set.putArray("certificates");
            publishers
                    .certificates()
                    .forEach(certificate -> certificates
                            .addObject()
                            .put("name", certificate.subject())
                            .put("fingerprint", certificate.fingerprint().hex()));
        }
        root.put("identity", bundle.identity().hex());
        root.put("fileDigest", bundle.fileDigest().hex());
        root.put("size", bundle.fileSize());
        root.put("signatures", bundle.signatures().size());
        return root;
    }
}
