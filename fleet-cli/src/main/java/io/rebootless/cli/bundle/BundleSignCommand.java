package io.rebootless.cli.bundle;

import io.rebootless.bundle.BundleFormat;
import io.rebootless.bundle.BundleWriter;
import io.rebootless.bundle.DetachedSignature;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.SignedFile;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.OutputFile;
import io.rebootless.cli.keys.PrivateKeyFile;
import io.rebootless.trust.PublisherKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "sign",
        description = {
            "Adds a publisher's signature to a bundle of any kind, in place.",
            "",
            "Needs no network: sign where the key is. Several publishers sign one after another; what they sign,"
                    + " and the bundle's identity, stay the same."
        })
final class BundleSignCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(names = "--key", required = true, paramLabel = "FILE", description = "The private key, PEM.")
    Path keyFile;

    @Option(
            names = "--certificate",
            required = true,
            paramLabel = "FILE",
            description = "The certificate that goes with it.")
    Path certificateFile;

    @Option(names = "--passphrase-file", paramLabel = "FILE", description = "Its first line decrypts the private key.")
    Optional<Path> passphraseFile = Optional.empty();

    @Parameters(paramLabel = "BUNDLE", description = "The *.rlb to sign.")
    Path file;

    @Override
    public Integer call() throws IOException, RefusedException {
        SignedFile bundle = BundleFiles.readDraft(file);
        PublisherKey key = PrivateKeyFile.read(keyFile, certificateFile, passphraseFile);
        // PKCS #1 v1.5 signatures are deterministic: an equal one means that this key has signed already.
        DetachedSignature signature = key.sign(bundle, new SecureRandom());
        if (bundle.signatures().contains(signature)) {
            throw new CommandFailed(
                    ExitCode.REFUSED, "%s: %s has signed it already".formatted(file, key.certificate()));
        }
        if (bundle.signatures().size() == BundleFormat.MAX_SIGNATURES) {
            throw new CommandFailed(
                    ExitCode.REFUSED,
                    "%s: has %d signatures already, and there is no room for more"
                            .formatted(file, BundleFormat.MAX_SIGNATURES));
        }
        var signatures = new ArrayList<>(bundle.signatures());
        signatures.add(signature);
        byte[] signedPart = BundleFiles.signedPart(file, bundle);
        OutputFile.replace(file, out -> BundleWriter.write(out, new ByteArrayInputStream(signedPart), signatures));
        spec.commandLine()
                .getOut()
                .println("%s: signed by %s; signatures so far: %d"
                        .formatted(file, key.certificate(), signatures.size()));
        return ExitCode.OK;
    }
}
