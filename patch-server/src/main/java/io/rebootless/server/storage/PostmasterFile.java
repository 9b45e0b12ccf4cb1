package io.rebootless.server.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code postmaster.pid} says of a living postmaster.
 *
 * @param pid its process
 * @param port on which it listens
 */
record PostmasterFile(long pid, int port) {
    private static final int PORT_LINE = 3;

    /** The living process that the file names, if it is a postmaster on this very data directory. */
    static Optional<PostmasterFile> living(Path data) throws IOException {
        try {
            List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"), StandardCharsets.ISO_8859_1);
            var named = new PostmasterFile(
                    Long.parseLong(lines.get(0).strip()),
                    lines.size() > PORT_LINE
                            ? Integer.parseInt(lines.get(PORT_LINE).strip())
                            : 0);
            String commandLine = Files.readString(
                    Path.of("/proc", Long.toString(named.pid()), "cmdline"), StandardCharsets.ISO_8859_1);
            return commandLine.contains("\0-D\0" + data + "\0") ? Optional.of(named) : Optional.empty();
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (NumberFormatException | IndexOutOfBoundsException damaged) {
            return Optional.empty();
        } catch (IOException e) {
            // A process that ends between the opening of its files and their reading.
            if (String.valueOf(e.getMessage()).contains("No such process")) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
