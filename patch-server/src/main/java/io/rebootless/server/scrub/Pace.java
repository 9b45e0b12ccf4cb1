package io.rebootless.server.scrub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;

/** Counts the bytes that are read, and sees to it that a scrub leaves the disk to those who fetch bundles. */
final class Pace {
    private static final long BYTES_PER_SECOND = 32L * 1024 * 1024;

    private final long started = System.nanoTime();
    private long blobs;
    private long bytes;

    long blobs() {
        return blobs;
    }

    long bytes() {
        return bytes;
    }

    /** Sees the bytes of one more blob pass. */
    OutputStream next() {
        blobs++;
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                passed(1);
            }

            @Override
            public void write(byte[] some, int offset, int length) throws IOException {
                passed(length);
            }
        };
    }

    private void passed(int length) throws IOException {
        bytes += length;
        long due = TimeUnit.SECONDS.toNanos(1) * bytes / BYTES_PER_SECOND;
        long ahead = TimeUnit.NANOSECONDS.toMillis(due - (System.nanoTime() - started));
        if (ahead <= 0) {
            return;
        }
        try {
            TimeUnit.MILLISECONDS.sleep(ahead);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server stops");
        }
    }
}
