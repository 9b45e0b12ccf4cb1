package io.rebootless.server.blobs;

import io.rebootless.bundle.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that may become a blob of a {@link FileBlobStore}. */
final class ArrivingFile implements BlobStore.Arrival {
    private final Path file;
    private final FileBlobStore store;
    private final FileChannel content;
    private boolean kept;

    ArrivingFile(Path file, FileBlobStore store) throws IOException {
        this.file = file;
        this.store = store;
        this.content = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            // Held until the channel closes.
            content.lock();
        } catch (IOException e) {
            content.close();
            throw e;
        }
    }

    @Override
    public OutputStream sink() {
        return Channels.newOutputStream(content);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        return content.read(into, position);
    }

    @Override
    public boolean keep(Sha256 digest) throws IOException {
        boolean added = store.keep(file, content, digest);
        kept = true;
        return added;
    }

    @Override
    public void close() throws IOException {
        try (content) {
            if (!kept) {
                Files.deleteIfExists(file);
            }
        } finally {
            store.arrived(file);
        }
    }
}
