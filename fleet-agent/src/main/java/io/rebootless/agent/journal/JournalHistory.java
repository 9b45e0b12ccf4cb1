package io.rebootless.agent.journal;

import io.rebootless.wire.JournalEntry;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The journal for those who only look: changes nothing, takes no lock, and passes over lines that are no entries. */
public final class JournalHistory {
    private JournalHistory() {}

    /** What the files in a directory still hold, the oldest first. */
    public static List<JournalEntry> read(Path directory) throws IOException {
        var entries = new ArrayList<JournalEntry>();
        for (String file : List.of(Journal.PREVIOUS, Journal.FILE)) {
            read(directory.resolve(file), entries);
        }
        return entries;
    }

    private static void read(Path file, List<JournalEntry> entries) throws IOException {
        JsonMapper json = WireJson.mapper();
        String text;
        try {
            text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException none) {
            return;
        }
        text.lines().skip(1).forEach(line -> {
            try {
                entries.add(json.readValue(line, JournalEntry.class));
            } catch (JacksonException | NullPointerException | IllegalArgumentException torn) {
                // by a crash, or by hand: the others still tell something
            }
        });
    }
}
