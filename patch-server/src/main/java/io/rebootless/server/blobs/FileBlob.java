package io.rebootless.server.blobs;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** An open file: it stays what it is, whatever happens to its name. */
final class FileBlob implements BlobStore.Blob {
    private static final int CHUNK = 64 * 1024;

    private final FileChannel file;
    private final long size;

    FileBlob(FileChannel file) throws IOException {
        this.file = file;
        this.size = file.size();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void copy(long start, long length, OutputStream to) throws IOException {
        var chunk = ByteBuffer.allocate((int) Math.min(CHUNK, length));
        for (long position = start; position < start + length; ) {
            chunk.clear().limit((int) Math.min(chunk.capacity(), start + length - position));
            int read = file.read(chunk, position);
            if (read < 0) {
                throw new EOFException("a blob ends before the part that was asked for");
            }
            to.write(chunk.array(), 0, read);
            position += read;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
