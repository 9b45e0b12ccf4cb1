package io.rebootless.server.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Set;

/** Files and directories of the server's own: whole or not there, and unreadable to others from their first byte on. */
public final class PrivateFile {
    private static final String OWNER_ONLY = "rw-------";
    private static final String WORLD_READABLE = "rw-r--r--";

    private PrivateFile() {}

    /** Replaces a file that only the owner may read. */
    public static void writeSecret(Path file, byte[] content) throws IOException {
        write(file, content, OWNER_ONLY);
    }

    /** Replaces a file that everybody may read. */
    public static void writePublic(Path file, byte[] content) throws IOException {
        write(file, content, WORLD_READABLE);
    }

    /** Makes a directory, with those above it, that only the owner may enter; one that is there stays as it is. */
    public static void directory(Path directory) throws IOException {
        // It may be a link to one, which older JDKs' createDirectories does not take.
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, permissions("rwx------"));
        }
    }

    /** Makes a rename in a directory survive a power cut. */
    public static void syncDirectory(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Removes a directory and all below it; nothing happens if it is not there. */
    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (var tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static void write(Path file, byte[] content, String mode) throws IOException {
        Path whole = file.toAbsolutePath();
        Path directory = whole.getParent() == null ? whole : whole.getParent();
        Path fresh = directory.resolve("." + whole.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try (var channel = FileChannel.open(
                fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), permissions(mode))) {
            var bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        // The process's umask may have taken rights away from a file meant for everybody.
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(mode));
        Files.move(fresh, whole, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(directory);
    }

    private static FileAttribute<Set<PosixFilePermission>> permissions(String mode) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
    }
}
