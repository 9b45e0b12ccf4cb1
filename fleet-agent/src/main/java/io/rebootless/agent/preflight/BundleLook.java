package io.rebootless.agent.preflight;

import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.BundleReader;
import io.rebootless.bundle.RefusedException;
import io.rebootless.kernel.KernelBuild;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Reads a bundle that the host is to take; whom to believe about it is not asked. */
record BundleLook(Optional<Path> file, Optional<KernelBuild> running) {
    BundleFits check() {
        if (file.isEmpty()) {
            return new BundleFits(Optional.empty(), Optional.empty(), running);
        }
        try {
            return new BundleFits(Optional.of(sample(file.get())), Optional.empty(), running);
        } catch (RefusedException e) {
            return fault(e.refusal().message());
        } catch (NoSuchFileException e) {
            return fault("it is not there");
        } catch (IOException e) {
            return fault(String.valueOf(e.getMessage()));
        }
    }

    private BundleFits fault(String words) {
        return new BundleFits(Optional.empty(), Optional.of("%s: %s".formatted(file.orElseThrow(), words)), running);
    }

    private static BundleFits.Sample sample(Path file) throws IOException, RefusedException {
        Bundle bundle;
        try (var in = new BufferedInputStream(Files.newInputStream(file))) {
            bundle = BundleReader.read(in);
        }
        var header = bundle.header();
        try (var content = new RandomAccessFile(file.toFile(), "r")) {
            long end = bundle.imageOffset() + header.imageSize();
            return new BundleFits.Sample(
                    header.kernel(),
                    header.level(),
                    Set.copyOf(bundle.manifest().functions()),
                    ModuleLook.signed(content, end));
        }
    }
}
