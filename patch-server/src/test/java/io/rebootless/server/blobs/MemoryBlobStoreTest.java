package io.rebootless.server.blobs;

import io.rebootless.bundle.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** That the contract is about blobs, not about files: a store without any passes it. */
class MemoryBlobStoreTest extends BlobStoreContract {
    @Override
    BlobStore empty() {
        return new MemoryBlobStore();
    }

    private record Held(byte[] bytes, Instant since) {}

    private static final class MemoryBlobStore implements BlobStore {
        private final Map<Sha256, Held> blobs = new ConcurrentHashMap<>();

        @Override
        public Arrival receive() {
            var bytes = new ByteArrayOutputStream();
            return new Arrival() {
                @Override
                public OutputStream sink() {
                    return bytes;
                }

                @Override
                public int read(ByteBuffer into, long position) {
                    int length = (int) Math.min(into.remaining(), bytes.size() - position);
                    if (length <= 0) {
                        return -1;
                    }
                    into.put(bytes.toByteArray(), (int) position, length);
                    return length;
                }

                @Override
                public boolean keep(Sha256 digest) {
                    return blobs.put(digest, new Held(bytes.toByteArray(), Instant.now())) == null;
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public Optional<Blob> open(Sha256 digest) {
            return Optional.ofNullable(blobs.get(digest)).map(held -> new Blob() {
                @Override
                public long size() {
                    return held.bytes().length;
                }

                @Override
                public void copy(long start, long length, OutputStream to) throws IOException {
                    if (start + length > size()) {
                        throw new EOFException();
                    }
                    to.write(held.bytes(), (int) start, (int) length);
                }

                @Override
                public void close() {}
            });
        }

        @Override
        public List<Stored> list() {
            return blobs.entrySet().stream()
                    .map(entry -> new Stored(
                            entry.getKey(),
                            entry.getValue().bytes().length,
                            entry.getValue().since()))
                    .toList();
        }

        @Override
        public boolean delete(Sha256 digest) {
            return blobs.remove(digest) != null;
        }

        @Override
        public boolean setAside(Sha256 digest) {
            return blobs.remove(digest) != null;
        }

        @Override
        public void dropAbandoned() {}
    }
}
