package io.rebootless.agent.fetch;

import io.rebootless.agent.durable.DurableFile;
import io.rebootless.agent.server.Download;
import io.rebootless.bundle.Sha256;
import io.rebootless.wire.BundleReference;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Brings a bundle's file into the cache, from where the last try has ended. No byte more is taken than was promised,
 * and a file gets its name only with the promised digest.
 */
public final class BundleFetch {
    private static final Duration LOCK_PAUSE = Duration.ofMillis(200);
    private static final int LOCK_TRIES = 300;

    /** What must stay free beside the bundle: without room for the journal nothing is applied. */
    static final long RESERVE_BYTES = 16L * 1024 * 1024;

    private static final int CHUNK = 64 * 1024;

    private final BundleCache cache;
    private final Supplier<Duration> clock;
    private final Duration limit;

    /** Where bytes come from. */
    @FunctionalInterface
    public interface Source {
        Download from(Sha256 fileDigest, long offset) throws IOException;
    }

    /** {@code limit} ends a download that hardly moves; the next try goes on where it was. */
    public BundleFetch(BundleCache cache, Supplier<Duration> clock, Duration limit) {
        this.cache = cache;
        this.clock = clock;
        this.limit = limit;
    }

    /**
     * Brings it, unless it is there.
     *
     * @throws IOException a fault of the server, or of the way to it
     * @throws FetchException what is wrong with the bundle, or with this host's disk
     */
    public void fetch(BundleReference wanted, Source source) throws IOException, FetchException {
        try {
            bring(wanted, source);
        } catch (UndeliveredException e) {
            throw e.fault;
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw FetchException.unkept(e);
        }
    }

    /** A fault that is none of this host's. */
    private static final class UndeliveredException extends Exception {
        private static final long serialVersionUID = 1;

        private final IOException fault;

        private UndeliveredException(IOException fault) {
            super(fault);
            this.fault = fault;
        }
    }

    @SuppressWarnings("try") // The lock is held, not used.
    private void bring(BundleReference wanted, Source source) throws IOException, FetchException, UndeliveredException {
        Path part = cache.part(wanted.fileDigest());
        try (var out = FileChannel.open(
                        part,
                        Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE),
                        PosixFilePermissions.asFileAttribute(DurableFile.SECRET));
                var lock = lock(out)) {
            if (cache.has(wanted.fileDigest())) {
                return;
            }
            download(wanted, out, source);
            out.force(true);
            Files.move(part, cache.whole(wanted.fileDigest()), StandardCopyOption.ATOMIC_MOVE);
        }
        DurableFile.flushDirectory(part.toAbsolutePath().resolveSibling("."));
    }

    /** The service and a command may want the same bundle: one fetches it, the other waits and finds it there. */
    private FileLock lock(FileChannel part) throws IOException, FetchException {
        for (int tries = 0; tries < LOCK_TRIES; tries++) {
            var lock = part.tryLock();
            if (lock != null) {
                return lock;
            }
            try {
                Thread.sleep(LOCK_PAUSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while another process was fetching this bundle");
            }
        }
        throw FetchException.failed("fetch-failed", "another process has been fetching this bundle for a minute");
    }

    private void download(BundleReference wanted, FileChannel out, Source source)
            throws IOException, FetchException, UndeliveredException {
        if (out.size() > wanted.size()) {
            out.truncate(0);
        }
        long room = cache.room();
        if (room < wanted.size() - out.size() + RESERVE_BYTES) {
            throw FetchException.failed(
                    "disk-full",
                    "the bundle has %d bytes, and %d must stay free, but only %d are; make room in the state directory"
                            .formatted(wanted.size(), RESERVE_BYTES, room));
        }
        var digest = Sha256.start();
        hash(out, digest);
        boolean resumed = out.size() > 0;
        if (out.size() < wanted.size()) {
            try (var download = from(source, wanted.fileDigest(), out.size())) {
                if (download.offset() != out.size()) {
                    out.truncate(0);
                    digest.reset();
                    resumed = false;
                }
                out.position(out.size());
                copy(download.body(), out, digest, wanted.size());
            }
        }
        if (out.size() < wanted.size()) {
            out.force(true);
            throw new UndeliveredException(
                    new IOException("the download ended after %d of %d bytes".formatted(out.size(), wanted.size())));
        }
        var found = Sha256.from(digest);
        if (!found.equals(wanted.fileDigest())) {
            out.truncate(0);
            String words =
                    "expected a file with SHA-256 %s, found %s; the server's store is damaged, or something changes files on the way"
                            .formatted(wanted.fileDigest().brief(), found.brief());
            // What an earlier try has left may have been damaged by a crash of this host: only a whole download tells.
            throw resumed
                    ? FetchException.failed("digest-mismatch", words)
                    : FetchException.refused("digest-mismatch", words);
        }
    }

    private static Download from(Source source, Sha256 digest, long offset) throws UndeliveredException {
        try {
            return source.from(digest, offset);
        } catch (IOException e) {
            throw new UndeliveredException(e);
        }
    }

    private static int read(InputStream in, byte[] buffer) throws UndeliveredException {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw new UndeliveredException(e);
        }
    }

    private static void hash(FileChannel in, MessageDigest digest) throws IOException {
        var buffer = ByteBuffer.allocate(CHUNK);
        in.position(0);
        while (in.read(buffer) >= 0) {
            digest.update(buffer.flip());
            buffer.clear();
        }
    }

    private void copy(InputStream in, FileChannel out, MessageDigest digest, long promised)
            throws IOException, FetchException, UndeliveredException {
        var deadline = clock.get().plus(limit);
        byte[] buffer = new byte[CHUNK];
        for (int read; (read = read(in, buffer)) >= 0; ) {
            if (out.position() + read > promised) {
                out.truncate(0);
                throw FetchException.refused(
                        "digest-mismatch", "expected a file of %d bytes, found a longer one".formatted(promised));
            }
            digest.update(buffer, 0, read);
            DurableFile.writeFully(out, Arrays.copyOf(buffer, read));
            if (clock.get().compareTo(deadline) > 0) {
                out.force(true);
                throw new UndeliveredException(
                        new IOException("the download is slow: %d of %d bytes so far".formatted(out.size(), promised)));
            }
        }
    }
}
