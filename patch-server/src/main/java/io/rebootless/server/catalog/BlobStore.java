package io.rebootless.server.catalog;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.storage.DataDirectory;
import io.rebootless.server.storage.PrivateFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * The bundles' bytes, each file under the SHA-256 of its content. A file appears there whole and flushed, or not at
 * all; what is still arriving lies in {@code incoming}, which is emptied when the server starts.
 */
@Component
final class BlobStore {
    private final Path directory;
    private final Path incoming;

    BlobStore(DataDirectory data) throws IOException {
        this.directory = data.bundles();
        this.incoming = directory.resolve("incoming");
        PrivateFile.directory(incoming);
        try (var left = Files.newDirectoryStream(incoming)) {
            for (Path file : left) {
                Files.delete(file);
            }
        }
    }

    /** A file that is not there yet. */
    Path incoming() {
        return incoming.resolve(UUID.randomUUID() + ".part");
    }

    Path file(Sha256 digest) {
        return directory.resolve(digest.hex() + ".rlb");
    }

    /** Makes an arrived file a blob. */
    void keep(Path arrived, Sha256 digest) throws IOException {
        try (var channel = FileChannel.open(arrived, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(arrived, file(digest), StandardCopyOption.ATOMIC_MOVE);
        PrivateFile.syncDirectory(directory);
    }

    void discard(Sha256 digest) throws IOException {
        Files.deleteIfExists(file(digest));
    }
}
