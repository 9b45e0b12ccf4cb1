package io.rebootless.cli.bundle;

import io.rebootless.bundle.RefusedException;
import io.rebootless.cli.ExitCode;
import io.rebootless.trust.PublisherCertificate;
import io.rebootless.trust.TrustedPublishers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "verify",
        description = {
            "Says whether enough trusted publishers have signed a bundle; exit code 1 if not.",
            "",
            "Of a trust bundle it also says whom it names; ask with the certificates of those who are trusted now."
        })
final class BundleVerifyCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(
            names = "--trust",
            required = true,
            paramLabel = "PATH",
            description = "The trusted publishers' certificates: one as a file, or a directory of *.pem, *.crt, *.cer,"
                    + " *.der.")
    Path trust;

    @Option(
            names = "--threshold",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many distinct keys must have signed (default: ${DEFAULT-VALUE}).")
    int threshold;

    @Parameters(paramLabel = "BUNDLE", description = "The *.rlb to verify.")
    Path file;

    @Override
    public Integer call() throws IOException, RefusedException {
        var bundle = BundleFiles.readAny(file);
        var signers = trusted().signers(bundle);
        var out = spec.commandLine().getOut();
        BundleFiles.show(bundle, out);
        signers.forEach(signer -> out.println("signed by    " + signer));
        return ExitCode.OK;
    }

    private TrustedPublishers trusted() throws IOException {
        if (!Files.isRegularFile(trust)) {
            return TrustedPublishers.load(trust, threshold);
        }
        var certificate = PublisherCertificate.read(trust);
        try {
            return TrustedPublishers.of(List.of(certificate), threshold);
        } catch (IllegalArgumentException e) {
            throw new IOException(trust + ": " + e.getMessage(), e);
        }
    }
}
