package io.rebootless.agent.kernel;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads files that may go at any moment: a livepatch's directory vanishes when it is off. */
final class SysfsFile {
    private SysfsFile() {}

    /** Its text without the line's end; empty if it is not there, or not any more. */
    static Optional<String> read(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (AccessDeniedException e) {
            throw e;
        } catch (IOException e) {
            // ENODEV: sysfs took the file away between opening and reading it
            if (Files.exists(file)) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
