package io.rebootless.agent.memory;

import io.rebootless.agent.durable.DurableFile;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** One record in one file: whole or absent. */
final class StateFile<T> {
    private static final JsonMapper JSON = WireJson.indented();

    private final Path file;
    private final Class<T> type;
    private final Set<PosixFilePermission> permissions;

    /** It is there and cannot be understood. */
    static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1;

        private DamagedException(Path file, Exception cause) {
            super(
                    "%s is damaged: restore it from a backup, or move it away and have the agent start afresh without what it remembered there"
                            .formatted(file),
                    cause);
        }
    }

    StateFile(Path file, Class<T> type, Set<PosixFilePermission> permissions) {
        this.file = file;
        this.type = type;
        this.permissions = permissions;
    }

    /** What it holds; absent if it is not there. */
    Optional<T> read() throws IOException {
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file), type));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (JacksonException | NullPointerException e) {
            throw new DamagedException(file, e);
        }
    }

    /** The same, and absent if it is damaged: for what somebody says anew. */
    Optional<T> readIfWhole() throws IOException {
        try {
            return read();
        } catch (DamagedException unknown) {
            return Optional.empty();
        }
    }

    boolean exists() {
        return Files.exists(file);
    }

    Instant lastModified() throws IOException {
        return Files.getLastModifiedTime(file).toInstant();
    }

    /** On disk when it returns. */
    void write(T value) throws IOException {
        DurableFile.replace(file, JSON.writeValueAsBytes(value), permissions);
    }

    /** For good when it returns. */
    void remove() throws IOException {
        DurableFile.remove(file);
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
