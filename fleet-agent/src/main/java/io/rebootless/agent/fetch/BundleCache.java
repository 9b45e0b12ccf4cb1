package io.rebootless.agent.fetch;

import io.rebootless.agent.durable.DurableFile;
import io.rebootless.agent.durable.Listing;
import io.rebootless.bundle.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Bundles kept on this host, each under the digest of its file; a {@code .part} is still on its way. */
public final class BundleCache {
    private static final String WHOLE = ".rlb";
    private static final String PART = ".rlb.part";

    private final Path directory;

    public BundleCache(Path directory) {
        this.directory = directory;
    }

    public void create() throws IOException {
        DurableFile.createDirectory(directory);
    }

    public boolean has(Sha256 fileDigest) {
        return Files.exists(whole(fileDigest));
    }

    public Path whole(Sha256 fileDigest) {
        return directory.resolve(fileDigest.hex() + WHOLE);
    }

    Path part(Sha256 fileDigest) {
        return directory.resolve(fileDigest.hex() + PART);
    }

    public void drop(Sha256 fileDigest) throws IOException {
        DurableFile.remove(whole(fileDigest));
    }

    /** Removes everything but these. */
    public void keepOnly(Set<Sha256> fileDigests) throws IOException {
        for (Path file : Listing.of(directory, "*{" + WHOLE + "," + PART + "}")) {
            String name = String.valueOf(file.getFileName());
            if (fileDigests.stream().noneMatch(digest -> name.startsWith(digest.hex()))) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Bytes that may still be written here. */
    long room() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }
}
