package io.rebootless.agent.journal;

import io.rebootless.agent.durable.DurableFile;
import io.rebootless.wire.JournalEntry;
import io.rebootless.wire.WireJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * An append-only file, one JSON line an entry, each on disk before the step that it names. A line that a crash has torn
 * is dropped when the next one is written. Used under the action lock only.
 */
public final class Journal {
    /**
     * What {@link JournalEntry#detail} says when an agent has stopped in order. Of the host it says nothing, but that is
     * what agents before the crash guard went by.
     */
    public static final String CLEAN_STOP = "the agent stopped in order";

    static final String FILE = "journal.jsonl";
    static final String PREVIOUS = "journal.1.jsonl";
    private static final String DAMAGED = "journal.damaged.jsonl";

    private final Path file;
    private final JsonMapper json = WireJson.mapper();
    private final List<JournalEntry> entries = new ArrayList<>();
    private UUID id;
    private long last;
    private long goodBytes;

    /** The file as this has left it; absent while that is not known. */
    private Optional<Stamp> left = Optional.empty();

    /** What changes when somebody else writes to a file, or puts another one in its place. */
    private record Stamp(Object file, long size, FileTime modified) {
        /** Absent if that cannot be said: then the file is read anew. */
        static Optional<Stamp> of(Path path) {
            try {
                var found = Files.readAttributes(path, BasicFileAttributes.class);
                return Optional.of(new Stamp(String.valueOf(found.fileKey()), found.size(), found.lastModifiedTime()));
            } catch (IOException e) {
                return Optional.empty();
            }
        }
    }

    /** The file's first line. */
    private record Heading(int version, UUID journal, long after) {}

    /** Makes the next entry once its sequence is known. */
    @FunctionalInterface
    public interface Draft {
        JournalEntry numbered(long sequence);
    }

    private Journal(Path file, UUID id) {
        this.file = file;
        this.id = id;
    }

    /**
     * Opens the journal in a directory, or starts one.
     *
     * @param fresh the name of a journal that has to be started: there is none, or it cannot be read on
     */
    public static Journal open(Path directory, UUID fresh) throws IOException {
        var journal = new Journal(directory.resolve(FILE), fresh);
        if (!Files.exists(journal.file)) {
            journal.start(fresh, 0);
        } else if (!journal.load()) {
            Files.move(journal.file, journal.file.resolveSibling(DAMAGED), StandardCopyOption.REPLACE_EXISTING);
            journal.start(fresh, 0);
        }
        journal.left = Stamp.of(journal.file);
        return journal;
    }

    /** Whether nobody else has written to the file since. */
    public boolean asItWasLeft() {
        return left.isPresent() && left.equals(Stamp.of(file));
    }

    public UUID id() {
        return id;
    }

    /** Sequence of the newest entry, 0 if there never was one. */
    public long last() {
        return last;
    }

    /** The newest entry of a boot, as far back as this file goes. */
    public Optional<JournalEntry> lastOf(String bootId) {
        return entries.stream().filter(entry -> entry.bootId().equals(bootId)).reduce((earlier, later) -> later);
    }

    /** The oldest {@code max} entries with a sequence above {@code sequence}. */
    public List<JournalEntry> after(long sequence, int max) {
        return entries.stream()
                .filter(entry -> entry.sequence() > sequence)
                .limit(max)
                .toList();
    }

    /** Returns once the entry is on disk; if it throws, the entry is not there. */
    public void append(Draft draft) throws IOException {
        var entry = draft.numbered(last + 1);
        byte[] line = line(entry);
        left = Optional.empty();
        try (var out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            out.truncate(goodBytes);
            out.position(goodBytes);
            try {
                DurableFile.writeFully(out, line);
                out.force(true);
            } catch (IOException e) {
                out.truncate(goodBytes);
                throw e;
            }
        }
        goodBytes += line.length;
        last = entry.sequence();
        entries.add(entry);
        left = Stamp.of(file);
    }

    /** Puts the file aside if it is large and the server has all of it; the sequence goes on. */
    public void rotate(long stored, long maxBytes) throws IOException {
        if (goodBytes > maxBytes && stored >= last) {
            Files.move(file, file.resolveSibling(PREVIOUS), StandardCopyOption.REPLACE_EXISTING);
            start(id, last);
        }
    }

    /** Starts another journal, its sequence from 1. */
    public void restart(UUID fresh) throws IOException {
        Files.move(file, file.resolveSibling(PREVIOUS), StandardCopyOption.REPLACE_EXISTING);
        start(fresh, 0);
    }

    private void start(UUID name, long after) throws IOException {
        byte[] heading = line(new Heading(1, name, after));
        left = Optional.empty();
        DurableFile.replace(file, heading, DurableFile.PUBLIC);
        id = name;
        last = after;
        goodBytes = heading.length;
        entries.clear();
        left = Stamp.of(file);
    }

    /** Whether the file can be read on from: all lines but a torn last one are good. */
    private boolean load() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int start = 0;
        for (int end = 0; end < bytes.length; end++) {
            if (bytes[end] != '\n') {
                continue;
            }
            try {
                take(new String(bytes, start, end - start, StandardCharsets.UTF_8), start == 0);
            } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
                return false;
            }
            start = end + 1;
            goodBytes = start;
        }
        return goodBytes > 0;
    }

    private void take(String line, boolean first) {
        if (first) {
            var heading = json.readValue(line, Heading.class);
            if (heading.journal() == null) {
                throw new IllegalArgumentException("no name");
            }
            id = heading.journal();
            last = heading.after();
            return;
        }
        var entry = json.readValue(line, JournalEntry.class);
        if (entry.sequence() != last + 1) {
            throw new IllegalArgumentException("a gap");
        }
        entries.add(entry);
        last = entry.sequence();
    }

    private byte[] line(Object value) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(json.writeValueAsBytes(value));
        out.write('\n');
        return out.toByteArray();
    }
}
