package io.rebootless.agent.guard;

import io.rebootless.agent.durable.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The file in which {@code mark-shutdown} leaves a line with the boot's id when a boot ends in order. The agent never
 * writes it: that an agent has stopped says nothing about the host.
 */
public final class ShutdownMarks {
    private static final int MAX_BYTES = 64 * 1024;

    private final Path file;

    public ShutdownMarks(Path file) {
        this.file = file;
    }

    /** The boots that have ended in order since {@link #forget}; lines that name no boot excuse none. */
    public Set<String> read() throws IOException {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
                return Set.of();
            }
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .collect(Collectors.toUnmodifiableSet());
        } catch (NoSuchFileException none) {
            return Set.of();
        }
    }

    /** A boot that goes on after its mark has not ended: what it said is withdrawn, and what was read is used up. */
    public void forget() throws IOException {
        DurableFile.remove(file);
    }
}
