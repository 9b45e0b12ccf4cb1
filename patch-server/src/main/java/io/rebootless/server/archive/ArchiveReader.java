package io.rebootless.server.archive;

import io.rebootless.bundle.Sha256;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Reads an archive from its first byte to its last. Only after {@link #checkEnd} is anything in it to be believed. */
final class ArchiveReader {
    /** Larger than any entry that is read whole may be: a damaged size must not fill the memory. */
    private static final int MAX_WHOLE = 64 << 20;

    private final TarArchiveInputStream tar;
    private final Map<String, String> sums = new TreeMap<>();

    ArchiveReader(InputStream in) {
        this.tar = new TarArchiveInputStream(in, StandardCharsets.UTF_8.name());
    }

    interface Sink {
        void take(InputStream content) throws IOException;
    }

    /**
     * The next entry.
     *
     * @param mode the file's permissions
     */
    record Next(String name, int mode) {}

    /** Goes on to the next entry, of which there must be one. */
    Next next() throws IOException {
        TarArchiveEntry entry;
        try {
            entry = tar.getNextEntry();
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(e);
        }
        if (entry == null) {
            throw new ArchiveException("the archive is cut short: it ends without " + ArchiveHeader.SUMS);
        }
        if (!entry.isFile() || entry.isSymbolicLink() || entry.isLink() || sums.containsKey(entry.getName())) {
            throw new ArchiveException("the archive has an entry that belongs nowhere: " + entry.getName());
        }
        return new Next(entry.getName(), entry.getMode() & 0777);
    }

    /** Reads the entry to its end. What the sink throws of its own goes through. */
    Sha256 read(Next entry, Sink sink) throws IOException {
        var digest = Sha256.start();
        var content = new DigestInputStream(new Content(tar), digest);
        sink.take(content);
        content.transferTo(OutputStream.nullOutputStream());
        var sum = Sha256.from(digest);
        sums.put(entry.name(), sum.hex());
        return sum;
    }

    byte[] readWhole(Next entry) throws IOException {
        byte[][] whole = new byte[1][];
        read(entry, content -> {
            whole[0] = content.readNBytes(MAX_WHOLE + 1);
            if (whole[0].length > MAX_WHOLE) {
                throw new ArchiveException("the archive's entry %s is too large".formatted(entry.name()));
            }
        });
        return whole[0];
    }

    /**
     * Reads the closing entry and compares.
     *
     * @return the digest of the closing entry, which stands for the whole archive
     * @throws ArchiveException if any entry is altered, missing or additional
     */
    Sha256 checkEnd(Next closing) throws IOException {
        var expected = new TreeMap<String, String>();
        Map<String, String> seen = Map.copyOf(sums);
        byte[] lines = readWhole(closing);
        for (String line : new String(lines, StandardCharsets.UTF_8).split("\n", -1)) {
            int gap = line.indexOf("  ");
            if (gap >= 0) {
                expected.put(line.substring(gap + 2), line.substring(0, gap));
            }
        }
        for (String name : expected.keySet()) {
            if (!seen.containsKey(name)) {
                throw new ArchiveException("the archive is damaged: it lacks " + name);
            }
        }
        seen.forEach((name, sum) -> {
            if (!sum.equals(expected.get(name))) {
                throw new ArchiveException("the archive is damaged: %s is not what was exported".formatted(name));
            }
        });
        if (tar.getNextEntry() != null) {
            throw new ArchiveException("the archive is damaged: it goes on after " + ArchiveHeader.SUMS);
        }
        return Sha256.of(lines);
    }

    private static ArchiveException damaged(Exception cause) {
        return new ArchiveException("the file is no archive, or is damaged: " + cause.getMessage(), cause);
    }

    /** Tells damage of the archive from trouble with what is made of it. */
    private static final class Content extends FilterInputStream {
        Content(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            try {
                return super.read();
            } catch (IOException e) {
                throw damaged(e);
            }
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                return super.read(buffer, offset, length);
            } catch (IOException e) {
                throw damaged(e);
            }
        }

        @Override
        public void close() {
            // The tar goes on after the entry.
        }
    }
}
