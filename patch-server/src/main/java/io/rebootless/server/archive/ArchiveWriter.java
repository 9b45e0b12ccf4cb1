package io.rebootless.server.archive;

import io.rebootless.bundle.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Writes an archive: a tar whose last entry, in the form of {@code sha256sum}, names all others. */
final class ArchiveWriter {
    static final int SECRET = 0600;

    private final TarArchiveOutputStream tar;
    private final Instant time;
    private final Map<String, String> sums = new TreeMap<>();

    ArchiveWriter(OutputStream out, Instant time) {
        this.tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        this.time = time;
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
    }

    void add(String name, byte[] content, int length) throws IOException {
        add(name, new ByteArrayInputStream(content, 0, length), length, SECRET);
    }

    void add(String name, byte[] content) throws IOException {
        add(name, content, content.length);
    }

    /**
     * Adds an entry.
     *
     * @param size of the content, which must have no more and no fewer bytes
     * @param mode the file's permissions
     */
    void add(String name, InputStream content, long size, int mode) throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setSize(size);
        entry.setMode(mode);
        entry.setModTime(FileTime.from(time));
        tar.putArchiveEntry(entry);
        MessageDigest digest = Sha256.start();
        // Too many bytes are refused by the tar stream here, too few at the entry's end.
        new DigestInputStream(content, digest).transferTo(tar);
        tar.closeArchiveEntry();
        sums.put(name, Sha256.from(digest).hex());
    }

    /** Without this an archive is not whole. */
    void finish() throws IOException {
        byte[] lines = sums.entrySet().stream()
                .map(sum -> "%s  %s\n".formatted(sum.getValue(), sum.getKey()))
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8);
        add(ArchiveHeader.SUMS, lines);
        tar.finish();
        tar.flush();
    }
}
