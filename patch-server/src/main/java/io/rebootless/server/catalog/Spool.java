package io.rebootless.server.catalog;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Copies what is read to a file as it passes, so that one pass parses an upload and stores it. */
final class Spool extends FilterInputStream {
    private final OutputStream copy;

    Spool(InputStream in, OutputStream copy) {
        super(in);
        this.copy = copy;
    }

    /** The copy could not be written: the disk's fault, not the client's. */
    static final class WriteFailed extends IOException {
        private static final long serialVersionUID = 1;

        WriteFailed(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        if (read > 0) {
            try {
                copy.write(buffer, offset, read);
            } catch (IOException e) {
                throw new WriteFailed(e);
            }
        }
        return read;
    }

    @Override
    public long skip(long count) {
        throw new UnsupportedOperationException("skipped bytes would be missing from the copy");
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
