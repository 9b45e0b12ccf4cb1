package io.rebootless.agent.support;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The end of a text: of what is too long, the newest counts. */
final class LastPart {
    private static final String CUT = "(what was before is left out)\n";
    private static final int CHUNK = 64 * 1024;

    /** Written round and round. */
    private final byte[] kept;

    private long size;

    LastPart(int maxBytes) {
        this.kept = new byte[maxBytes];
    }

    /** Reads to the end. */
    LastPart read(InputStream in) throws IOException {
        byte[] chunk = new byte[Math.min(CHUNK, kept.length)];
        for (int read; (read = in.read(chunk)) >= 0; ) {
            int at = (int) (size % kept.length);
            int first = Math.min(read, kept.length - at);
            System.arraycopy(chunk, 0, kept, at, first);
            System.arraycopy(chunk, first, kept, 0, read - first);
            size += read;
        }
        return this;
    }

    /** Lines that are whole: in a part of one a secret could not be told from other words. */
    String text() {
        if (size <= kept.length) {
            return new String(kept, 0, (int) size, StandardCharsets.UTF_8);
        }
        byte[] all = new byte[kept.length];
        int oldest = (int) (size % kept.length);
        System.arraycopy(kept, oldest, all, 0, kept.length - oldest);
        System.arraycopy(kept, 0, all, kept.length - oldest, oldest);
        int line = 0;
        while (line < all.length && all[line] != '\n') {
            line++;
        }
        int whole = Math.min(line + 1, all.length);
        return CUT + new String(all, whole, all.length - whole, StandardCharsets.UTF_8);
    }
}
