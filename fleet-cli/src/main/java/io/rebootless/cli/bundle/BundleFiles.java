package io.rebootless.cli.bundle;

import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.BundleReader;
import io.rebootless.bundle.RefusedException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reading bundle files, and showing them to people. */
final class BundleFiles {
    private BundleFiles() {}

    static Bundle read(Path file) throws IOException, RefusedException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return BundleReader.read(in);
        }
    }

    /** Reads a bundle that may lack signatures. */
    static Bundle readDraft(Path file) throws IOException, RefusedException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return BundleReader.readDraft(in);
        }
    }

    static void show(Bundle bundle, PrintWriter out) {
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
        manifest.notes().ifPresent(notes -> out.println("notes        " + notes.replace("\n", "\n             ")));
        out.println("identity     " + bundle.identity());
        out.println("file         %s (%,d bytes)".formatted(bundle.fileDigest(), bundle.fileSize()));
        out.println("signatures   " + bundle.signatures().size());
    }
}
