package io.rebootless.server.catalog;

import io.rebootless.server.problem.BodyPace;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Ends when bytes are taken too slowly on the whole. Tomcat ends only what is not taken at all for a while. */
final class PacedOutput extends FilterOutputStream {
    /** So little at once that time is looked at often, however slowly they are taken. */
    private static final int PIECE = 4 * 1024;

    private final BodyPace pace;
    private final LongSupplier nanoTime;
    private final long began;
    private long bytes;

    /** {@code nanoTime} as {@link System#nanoTime}. */
    PacedOutput(OutputStream out, BodyPace pace, LongSupplier nanoTime) {
        super(out);
        this.pace = pace;
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
    }

    /** The client holds a place that others wait for. */
    static final class TooSlowException extends IOException {
        private static final long serialVersionUID = 1;

        TooSlowException(long bytes) {
            super("%d bytes were taken, too slowly".formatted(bytes));
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        for (int written = 0; written < length; ) {
            int piece = Math.min(PIECE, length - written);
            out.write(from, offset + written, piece);
            written += piece;
            bytes += piece;
            if (pace.tooSlow(bytes, Duration.ofNanos(nanoTime.getAsLong() - began))) {
                throw new TooSlowException(bytes);
            }
        }
    }
}
