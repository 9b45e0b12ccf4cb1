package io.rebootless.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a file that the command line names. A directory can be opened as well, and fails later, without its name. */
public final class InputFile {
    private InputFile() {}

    public static InputStream open(Path file) throws IOException {
        return Files.newInputStream(noDirectory(file));
    }

    public static byte[] bytes(Path file) throws IOException {
        return Files.readAllBytes(noDirectory(file));
    }

    public static String text(Path file, Charset charset) throws IOException {
        return Files.readString(noDirectory(file), charset);
    }

    private static Path noDirectory(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a directory; name a file");
        }
        return file;
    }
}
