package io.rebootless.agent.fetch;

import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.BundleReader;
import io.rebootless.bundle.Manifest;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.Sha256;
import io.rebootless.trust.TrustedPublishers;
import io.rebootless.trust.VerifiedBundle;
import io.rebootless.wire.BundleReference;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;

/** Looks at a bundle's file before anyone believes it: structure, the server's promises, then signatures. */
public final class Inspection {
    private Inspection() {}

    /** Reads a file to its end and asks who has signed it. */
    public static VerifiedBundle verify(Path file, TrustedPublishers trusted) throws IOException, RefusedException {
        return trusted.verify(read(file));
    }

    /** The same, of a file that a server has promised to be {@code promised}. */
    public static VerifiedBundle verify(Path file, TrustedPublishers trusted, BundleReference promised)
            throws IOException, RefusedException, FetchException {
        // Before anything is said about the bundle: whether this still is the file that was fetched.
        same(file, promised);
        var bundle = read(file);
        same("identity", promised.identity(), bundle.identity());
        same("level", promised.level(), bundle.header().level());
        same("size", promised.size(), bundle.fileSize());
        same("publication", promised.publication(), bundle.manifest().publication());
        return trusted.verify(bundle);
    }

    /** What the publishers say of a bundle that was verified before: asks for the same bytes, not for signatures. */
    public static Manifest manifest(Path file, BundleReference verified)
            throws IOException, RefusedException, FetchException {
        same(file, verified);
        return read(file).manifest();
    }

    private static void same(Path file, BundleReference promised) throws IOException, FetchException {
        if (!digest(file).equals(promised.fileDigest())) {
            throw FetchException.failed(
                    "digest-mismatch", "the cached file has changed on this disk; it is fetched again");
        }
    }

    private static Bundle read(Path file) throws IOException, RefusedException {
        try (var in = new BufferedInputStream(Files.newInputStream(file))) {
            return BundleReader.read(in);
        }
    }

    private static Sha256 digest(Path file) throws IOException {
        var digest = Sha256.start();
        try (var in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return Sha256.from(digest);
    }

    private static void same(String field, Object promised, Object found) throws FetchException {
        if (!promised.equals(found)) {
            throw FetchException.refused(
                    "directive-mismatch",
                    "the directive promises %s %s, the bundle has %s; the server's catalogue is wrong"
                            .formatted(field, promised, found));
        }
    }
}
