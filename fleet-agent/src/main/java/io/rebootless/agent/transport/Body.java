package io.rebootless.agent.transport;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.regex.Pattern;

/** An answer's body, by its length, in chunks, or up to the end of the connection; never more than was announced. */
final class Body extends InputStream {
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,8})[ \t]*(;.*)?");
    private static final int MAX_CHUNK_LINE = 1024;
    private static final int MAX_TRAILERS = 8 * 1024;

    private enum Framing {
        LENGTH,
        CHUNKS,
        CONNECTION
    }

    private final InputStream in;
    private final Framing framing;
    private long left;
    private boolean begun;
    private boolean complete;

    private Body(InputStream in, Framing framing, long left) {
        this.in = in;
        this.framing = framing;
        this.left = left;
        this.complete = framing == Framing.LENGTH && left == 0;
    }

    /** What follows a head; the two ways to say where it ends must not contradict each other. */
    static Body after(Head head, InputStream in) throws IOException {
        if (head.status() == 204 || head.status() == 304) {
            return new Body(in, Framing.LENGTH, 0);
        }
        var encodings = head.all("Transfer-Encoding");
        var lengths = head.all("Content-Length").stream().distinct().toList();
        if (!encodings.isEmpty()) {
            if (encodings.size() > 1 || !encodings.get(0).equalsIgnoreCase("chunked") || !lengths.isEmpty()) {
                throw new IOException("the length of its answer is not to be understood");
            }
            return new Body(in, Framing.CHUNKS, 0);
        }
        if (lengths.isEmpty()) {
            return new Body(in, Framing.CONNECTION, Long.MAX_VALUE);
        }
        if (lengths.size() > 1 || !LENGTH.matcher(lengths.get(0)).matches()) {
            throw new IOException("the length of its answer is not to be understood");
        }
        return new Body(in, Framing.LENGTH, Long.parseLong(lengths.get(0)));
    }

    /** Whether it was read to its end, so that another answer may follow on the same connection. */
    boolean reusable() {
        return complete && framing != Framing.CONNECTION;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (framing == Framing.CHUNKS && left == 0 && !complete) {
            nextChunk();
        }
        if (complete) {
            return -1;
        }
        int read = in.read(bytes, offset, (int) Math.min(length, left));
        if (read < 0) {
            complete = framing == Framing.CONNECTION;
            if (complete) {
                return -1;
            }
            throw new EOFException("the answer breaks off");
        }
        left -= read;
        complete = framing == Framing.LENGTH && left == 0;
        return read;
    }

    private void nextChunk() throws IOException {
        var lines = new Head.Lines(in, MAX_CHUNK_LINE);
        if (begun && !lines.next().isEmpty()) {
            throw new IOException("the chunks of its answer are malformed");
        }
        begun = true;
        var line = CHUNK.matcher(lines.next());
        if (!line.matches()) {
            throw new IOException("the chunks of its answer are malformed");
        }
        left = Long.parseLong(line.group(1), 16);
        if (left == 0) {
            var trailers = new Head.Lines(in, MAX_TRAILERS);
            while (!trailers.next().isEmpty()) {
                // Nothing is taken from trailers.
            }
            complete = true;
        }
    }
}
