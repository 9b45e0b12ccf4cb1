package io.rebootless.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Writes a file whole or not at all. */
public final class OutputFile {
    private OutputFile() {}

    /** What goes into the file. */
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes a new file, readable as the umask allows; refuses to overwrite one unless told. */
    public static void create(Path file, boolean overwrite, Content content) throws IOException {
        write(file, "rw-r--r--", overwrite, content);
    }

    /** Writes a new file that nobody but its owner can read; never overwrites one. */
    public static void createSecret(Path file, Content content) throws IOException {
        write(file, "rw-------", false, content);
    }

    /** Replaces a file that exists. */
    public static void replace(Path file, Content content) throws IOException {
        write(file, "rw-r--r--", true, content);
    }

    private static void write(Path file, String permissions, boolean overwrite, Content content) throws IOException {
        if (!overwrite && Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        Path target = file.toAbsolutePath();
        Path parent = target.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new IOException(parent + ": no such directory to write " + target.getFileName() + " to");
        }
        Path temporary = parent.resolve("." + target.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
        try {
            try (var out = Files.newOutputStream(temporary, StandardOpenOption.WRITE)) {
                content.writeTo(out);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
