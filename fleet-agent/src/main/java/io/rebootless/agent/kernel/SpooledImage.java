package io.rebootless.agent.kernel;

import io.rebootless.agent.durable.DurableFile;
import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.LivepatchImage;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.util.Arrays;

/** The livepatch of a verified bundle in a file of its own, as the system's loader wants it. */
final class SpooledImage {
    private static final int CHUNK = 64 * 1024;

    private final Path path;
    private final String module;

    /**
     * Copies it out of the bundle's file, of which all bytes are compared with those that were verified once more.
     *
     * @param staged the bundle's file
     * @param bundle as it was verified
     */
    SpooledImage(RuntimeFolder folder, Path staged, Bundle bundle) throws IOException {
        this.module = bundle.header().module();
        String name = module + ".ko";
        this.path = folder.inSpool(name);
        var digest = Sha256.start();
        try (var in = new DigestInputStream(Files.newInputStream(staged), digest);
                var out = folder.create(name)) {
            in.readNBytes((int) bundle.imageOffset());
            byte[] chunk = new byte[CHUNK];
            for (int left = bundle.header().imageSize(); left > 0; ) {
                int read = in.readNBytes(chunk, 0, Math.min(left, CHUNK));
                if (read == 0) {
                    break;
                }
                DurableFile.writeFully(out, Arrays.copyOf(chunk, read));
                left -= read;
            }
            in.transferTo(OutputStream.nullOutputStream());
        }
        if (!Sha256.from(digest).equals(bundle.fileDigest())) {
            throw new IOException(staged + " has changed since it was verified");
        }
    }

    Path path() {
        return path;
    }

    /**
     * Refuses what the kernel would load as something else than the header says. What it is built for is the kernel's to
     * judge, as it is with the module.
     */
    void mustBeTheLivepatch(String attempted) throws IOException, KernelRefusedException {
        LivepatchImage image;
        try (var content = FileChannel.open(path, StandardOpenOption.READ)) {
            image = LivepatchImage.read(content::read, 0, content.size());
        } catch (RefusedException e) {
            throw KernelRefusedException.by(
                    attempted, "loader-failed", e.refusal().message());
        }
        if (!image.name().equals(module)) {
            throw KernelRefusedException.by(
                    attempted, "wrong-module", "expected module %s, found %s".formatted(module, image.name()));
        }
        if (!image.livepatch()) {
            throw KernelRefusedException.by(
                    attempted,
                    "not-livepatch",
                    "expected a livepatch, found module %s without the livepatch flag".formatted(module));
        }
    }
}
