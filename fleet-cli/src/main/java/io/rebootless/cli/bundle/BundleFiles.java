package io.rebootless.cli.bundle;

import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.BundleHeader;
import io.rebootless.bundle.BundleReader;
import io.rebootless.bundle.BundleWriter;
import io.rebootless.bundle.LivepatchImage;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.Sha256;
import io.rebootless.bundle.SignedFile;
import io.rebootless.bundle.TrustBundle;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.InputFile;
import io.rebootless.cli.OutputFile;
import io.rebootless.trust.TrustedPublishers;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** Reading bundle files, and showing them to people. */
public final class BundleFiles {
    private BundleFiles() {}

    /** Reads a signed bundle of any kind. */
    static SignedFile readAny(Path file) throws IOException, RefusedException {
        try (InputStream in = new BufferedInputStream(InputFile.open(file))) {
            return BundleReader.readAny(in);
        }
    }

    /** Reads a signed kernel livepatch. */
    static Bundle readLivepatch(Path file) throws IOException, RefusedException {
        try (InputStream in = new BufferedInputStream(InputFile.open(file))) {
            return BundleReader.read(in);
        }
    }

    /** Reads a bundle of any kind that may lack signatures. */
    public static SignedFile readDraft(Path file) throws IOException, RefusedException {
        try (InputStream in = new BufferedInputStream(InputFile.open(file))) {
            return BundleReader.readDraft(in);
        }
    }

    /**
     * Writes a bundle that lacks signatures, and reads it again: what is written must be readable.
     *
     * @throws RefusedException if the image is not what its header says
     */
    public static SignedFile writeDraft(
            Path file, boolean overwrite, BundleHeader header, byte[] manifest, byte[] image)
            throws IOException, RefusedException {
        LivepatchImage.read(image).matches(header);
        OutputFile.create(
                file,
                overwrite,
                to -> BundleWriter.write(
                        to, BundleWriter.signedPart(header, manifest, new ByteArrayInputStream(image)), List.of()));
        return readDraft(file);
    }

    /** The bytes of a bundle's file that signatures are made over. */
    public static byte[] signedPart(Path file, SignedFile bundle) throws IOException {
        byte[] signedPart;
        try (var in = InputFile.open(file)) {
            signedPart = in.readNBytes((int) bundle.header().signedBytes());
        }
        if (!Sha256.of(signedPart).equals(bundle.identity())) {
            throw new CommandFailed(ExitCode.NO_INPUT, file + ": changed while it was being signed; sign it again");
        }
        return signedPart;
    }

    /**
     * Shows a bundle to people.
     *
     * @throws RefusedException if it is a trust bundle whose certificates nobody could take
     */
    public static void show(SignedFile bundle, PrintWriter out) throws RefusedException {
        if (bundle instanceof TrustBundle trust) {
            show(trust, out);
        } else if (bundle instanceof Bundle livepatch) {
            show(livepatch, out);
        }
        out.println("identity     " + bundle.identity());
        out.println("file         %s (%,d bytes)".formatted(bundle.fileDigest(), bundle.fileSize()));
        out.println("signatures   " + bundle.signatures().size());
    }

    private static void show(TrustBundle bundle, PrintWriter out) throws RefusedException {
        // Before anything is printed: this may refuse.
        var publishers = TrustedPublishers.of(bundle.trustSet());
        out.println("kind         trust: whom to trust from now on");
        out.println("publication  " + bundle.manifest().publication());
        out.println("title        " + bundle.manifest().title());
        out.println("level        " + bundle.header().level());
        out.println("created      " + bundle.manifest().created());
        out.println("threshold    %d of %d must have signed a bundle"
                .formatted(publishers.threshold(), publishers.certificates().size()));
        publishers
                .certificates()
                .forEach(certificate ->
                        out.println("trusts       %s  %s".formatted(certificate.fingerprint(), certificate.subject())));
        notes(bundle, out);
    }

    private static void show(Bundle bundle, PrintWriter out) {
        var header = bundle.header();
        var manifest = bundle.manifest();
        out.println("publication  " + manifest.publication());
        out.println("title        " + manifest.title());
        out.println("level        %d%s".formatted(header.level(), header.downgradeSafe() ? " (downgrade-safe)" : ""));
        out.println("floor        " + header.floor());
        out.println("kernel       %s %s"
                .formatted(header.kernel().release(), header.kernel().machine()));
        out.println("             " + header.kernel().version());
        out.println("             build-id " + header.kernel().buildId());
        out.println("module       %s (%,d bytes)".formatted(header.module(), header.imageSize()));
        out.println("created      " + manifest.created());
        manifest.effectiveVersion().ifPresent(version -> out.println("effective    " + version));
        manifest.cves()
                .forEach(cve -> out.println("fixes        %s (%s)"
                        .formatted(cve.id(), cve.severity().word())));
        manifest.functions().forEach(function -> out.println("replaces     " + function));
        notes(bundle, out);
    }

    private static void notes(SignedFile bundle, PrintWriter out) {
        bundle.manifest()
                .notes()
                .ifPresent(notes -> out.println("notes        " + notes.replace("\n", "\n             ")));
    }
}
