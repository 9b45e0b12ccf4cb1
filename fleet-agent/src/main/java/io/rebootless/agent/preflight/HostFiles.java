package io.rebootless.agent.preflight;

import io.rebootless.agent.durable.Listing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * The host's files, read and never written.
 *
 * @param root {@code /}
 * @param proc {@code /proc}
 * @param sysfs {@code /sys}
 */
public record HostFiles(Path root, Path proc, Path sysfs) {
    /** No file that is asked for is larger in earnest, and the agent's memory is small. */
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    Seen proc(String file) {
        return read(proc.resolve(file));
    }

    Seen sys(String file) {
        return read(sysfs.resolve(file));
    }

    Seen file(String file) {
        return read(root.resolve(file));
    }

    /** Bytes become characters one by one: nothing that is looked for is not ASCII. */
    static Seen read(Path file) {
        return bytes(file, false);
    }

    Seen unzipped(Path file) {
        return bytes(file, true);
    }

    private static Seen bytes(Path file, boolean zipped) {
        try (var raw = Files.newInputStream(file);
                var in = zipped ? new GZIPInputStream(raw) : raw) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            return content.length > MAX_BYTES
                    ? new Seen.Denied("%s is larger than expected".formatted(file))
                    : Seen.of(new String(content, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            return new Seen.Absent();
        } catch (AccessDeniedException e) {
            return new Seen.Denied("%s: permission denied".formatted(file));
        } catch (FileSystemException e) {
            return e.getReason() != null && e.getReason().startsWith("Not a directory")
                    ? new Seen.Absent()
                    : new Seen.Denied("%s: %s".formatted(file, e.getReason()));
        } catch (IOException e) {
            return new Seen.Denied("%s: %s".formatted(file, e.getMessage()));
        }
    }

    boolean there(String file) {
        return Files.exists(root.resolve(file));
    }

    /** Whether a program of this name is where programs are. */
    boolean program(String name) {
        return List.of("usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin", "bin", "sbin").stream()
                .anyMatch(folder -> Files.isExecutable(root.resolve(folder).resolve(name)));
    }

    /** The names in a folder, in order; absent if it cannot be listed. */
    static Optional<List<String>> names(Path folder) {
        try {
            return Optional.of(Listing.of(folder).stream()
                    .map(entry -> String.valueOf(entry.getFileName()))
                    .toList());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
