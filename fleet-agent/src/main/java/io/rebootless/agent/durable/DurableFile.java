package io.rebootless.agent.durable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;

/** Replaces a file's content at once: after a crash there is the old content or the new, never a part of either. */
public final class DurableFile {
    /** For the owner's eyes only. */
    public static final Set<PosixFilePermission> SECRET = PosixFilePermissions.fromString("rw-------");

    /** {@code status} works for everybody. */
    public static final Set<PosixFilePermission> PUBLIC = PosixFilePermissions.fromString("rw-r--r--");

    private static final String DRAFT = ".new";

    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwxr-xr-x");

    private DurableFile() {}

    /** Writes, flushes, renames, and flushes the directory. */
    public static void replace(Path file, byte[] content, Set<PosixFilePermission> permissions) throws IOException {
        Path directory = directoryOf(file);
        Path draft = Files.createTempFile(
                directory, "." + file.getFileName(), DRAFT, PosixFilePermissions.asFileAttribute(SECRET));
        try {
            try (var out = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                writeFully(out, content);
                Files.setPosixFilePermissions(draft, permissions);
                out.force(true);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
        flushDirectory(directory);
    }

    /** Removes a file for good, if it is there. */
    public static void remove(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            flushDirectory(directoryOf(file));
        }
    }

    /**
     * Removes from a directory what crashes have left of files that were being replaced: it may hold a secret.
     *
     * @param before what is younger may still be somebody's work
     */
    public static void clearDrafts(Path directory, Instant before) throws IOException {
        for (Path draft : Listing.of(directory, ".*" + DRAFT)) {
            if (lastModified(draft).isBefore(before)) {
                Files.deleteIfExists(draft);
            }
        }
    }

    /** Of a file that was somebody's work after all, and is done: never. */
    private static Instant lastModified(Path draft) throws IOException {
        try {
            return Files.getLastModifiedTime(draft).toInstant();
        } catch (NoSuchFileException done) {
            return Instant.MAX;
        }
    }

    /** Makes a directory that others may look into, if it is not there. */
    public static void createDirectory(Path directory) throws IOException {
        FileAttribute<?> permissions = PosixFilePermissions.asFileAttribute(DIRECTORY);
        Files.createDirectories(directory, permissions);
    }

    /** Makes renames and removals in a directory survive a crash. */
    public static void flushDirectory(Path directory) throws IOException {
        try (var handle = FileChannel.open(directory, StandardOpenOption.READ)) {
            handle.force(true);
        }
    }

    /** Writes all of it: a channel may take less than it is given. */
    public static void writeFully(FileChannel out, byte[] content) throws IOException {
        for (var buffer = ByteBuffer.wrap(content); buffer.hasRemaining(); ) {
            out.write(buffer);
        }
    }

    private static Path directoryOf(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " is not the name of a file");
        }
        return parent;
    }
}
