package io.rebootless.cli.trust;

import io.rebootless.bundle.BundleWriter;
import io.rebootless.bundle.Manifest;
import io.rebootless.bundle.ManifestCodec;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.TrustHeader;
import io.rebootless.bundle.TrustSetCodec;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.OutputFile;
import io.rebootless.cli.bundle.BundleFiles;
import io.rebootless.trust.PublisherCertificate;
import io.rebootless.trust.TrustedPublishers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "create",
        description = {
            "Makes an unsigned trust bundle: all the publishers to trust from then on, and how many must sign.",
            "",
            "The set replaces the one before it whole: name those who stay, too. Then have those who are trusted now"
                    + " sign it, as many as their threshold says, and bring it to each host:",
            "",
            "  rebootless trust create --certificate bob.crt.pem --certificate carol.crt.pem --threshold 2 \\",
            "      --level 1 --publication 2026-11-22.keys --title \"Alice leaves\" -o keys.rlb",
            "  rebootless bundle sign --key alice.key.pem --certificate alice.crt.pem keys.rlb",
            "  rebootless bundle verify --trust trust.d keys.rlb",
            "  rebootless-agent trust update keys.rlb                  (on each host)"
        })
final class TrustCreateCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(
            names = "--certificate",
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "A publisher's certificate, PEM or DER, of those to trust; at most "
                    + TrustedPublishers.MAX_CERTIFICATES + ".")
    List<Path> certificateFiles;

    @Option(
            names = "--threshold",
            paramLabel = "N",
            required = true,
            description = "How many distinct publishers of these must sign every bundle.")
    int threshold;

    @Option(
            names = "--level",
            paramLabel = "N",
            required = true,
            description = "1 or more, and above that of every trust bundle before it.")
    long level;

    @Option(
            names = "--publication",
            required = true,
            paramLabel = "NAME",
            description = "Your name for this change, e.g. 2026-11-22.keys.")
    String publication;

    @Option(names = "--title", required = true, paramLabel = "TEXT", description = "One line for people.")
    String title;

    @Option(names = "--notes", paramLabel = "TEXT", description = "For people.")
    Optional<String> notes = Optional.empty();

    @Option(
            names = {"-o", "--out"},
            required = true,
            paramLabel = "FILE",
            description = "The bundle to write, *.rlb.")
    Path out;

    @Option(names = "--force", description = "Overwrite it if it exists.")
    boolean force;

    @Override
    public Integer call() throws IOException, RefusedException {
        var certificates = new ArrayList<PublisherCertificate>();
        for (Path file : certificateFiles) {
            certificates.add(PublisherCertificate.read(file));
        }
        byte[] json = ManifestCodec.encode(new Manifest(
                publication,
                title,
                Clock.systemUTC().instant().truncatedTo(ChronoUnit.SECONDS),
                List.of(),
                notes,
                List.of(),
                Optional.empty(),
                List.of()));
        // What is written must be readable: the codec holds the limits, so let it look.
        ManifestCodec.decode(json);
        byte[] set = TrustSetCodec.encode(publishers(certificates).toTrustSet());
        var header = header(json.length, set.length);
        OutputFile.create(
                out,
                force,
                to -> BundleWriter.write(
                        to, BundleWriter.signedPart(header, json, new ByteArrayInputStream(set)), List.of()));
        BundleFiles.show(BundleFiles.readDraft(out), spec.commandLine().getOut());
        return ExitCode.OK;
    }

    private TrustedPublishers publishers(List<PublisherCertificate> certificates) {
        return CommandFailed.ifUnfit(() -> TrustedPublishers.of(certificates, threshold));
    }

    private TrustHeader header(int manifestSize, int imageSize) {
        return CommandFailed.ifUnfit(() -> new TrustHeader(level, manifestSize, imageSize));
    }
}
