package io.rebootless.server.blobs;

import io.rebootless.bundle.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Bytes under the SHA-256 of their content. A blob is there whole and durably, or not at all. Nothing here is a path,
 * so that a store need not be a file system; every store passes {@code BlobStoreContract}.
 */
public interface BlobStore {
    /** Begins to take bytes whose digest is not known yet. */
    Arrival receive() throws IOException;

    /** Opens a blob; empty if there is none. What was opened stays readable while others replace or remove it. */
    Optional<Blob> open(Sha256 digest) throws IOException;

    /** Every blob, in no order. */
    List<Stored> list() throws IOException;

    /** Removes a blob; answers whether there was one. */
    boolean delete(Sha256 digest) throws IOException;

    /** Takes a blob out of the store, but keeps its bytes where an operator finds them; answers whether there was one. */
    boolean setAside(Sha256 digest) throws IOException;

    /** Drops what arrivals have left behind that nobody will ever keep, such as those of a server that was killed. */
    void dropAbandoned() throws IOException;

    /**
     * A blob that lies in the store.
     *
     * @param since when its bytes were written
     */
    record Stored(Sha256 digest, long bytes, Instant since) {}

    /** Bytes that are not a blob yet. Closing it drops them, unless they were kept. */
    interface Arrival extends AutoCloseable {
        /** Where they are written to, from the first to the last. */
        OutputStream sink();

        /** Reads what was written: some bytes from a position on; answers how many, or -1 behind the end. */
        int read(ByteBuffer into, long position) throws IOException;

        /**
         * Makes them a blob, in the place of one that has this digest already.
         *
         * @param digest of all that was written: the store takes the caller's word
         * @return whether there was none of this digest
         */
        boolean keep(Sha256 digest) throws IOException;

        @Override
        void close() throws IOException;
    }

    /** An open blob. */
    interface Blob extends AutoCloseable {
        long size();

        /**
         * Writes a part of it, in pieces.
         *
         * @throws IOException also if the blob ends before {@code start + length}
         */
        void copy(long start, long length, OutputStream to) throws IOException;

        @Override
        void close() throws IOException;
    }
}
