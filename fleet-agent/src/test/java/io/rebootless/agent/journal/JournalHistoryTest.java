package io.rebootless.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.wire.AgentState;
import io.rebootless.wire.JournalEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalHistoryTest {
    @TempDir
    private Path directory;

    private static void append(Journal journal, String detail) throws IOException {
        journal.append(
                sequence -> new JournalEntry(sequence, Instant.EPOCH, "boot", AgentState.IDLE, null, null, detail));
    }

    @Test
    void theOldestComeFirstAlsoFromTheFileBefore() throws IOException {
        assertThat(JournalHistory.read(directory)).isEmpty();
        var journal = Journal.open(directory, new UUID(0, 1));
        append(journal, "one");
        append(journal, "two");
        journal.rotate(2, 10);
        append(journal, "three");
        assertThat(JournalHistory.read(directory))
                .extracting(JournalEntry::detail)
                .containsExactly("one", "two", "three");
    }

    @Test
    void aTornLineIsPassedOverAndTheFileLeftAlone() throws IOException {
        append(Journal.open(directory, new UUID(0, 1)), "one");
        Path file = directory.resolve("journal.jsonl");
        Files.writeString(file, "{\"sequence\":2,\"at\"", StandardOpenOption.APPEND);
        byte[] before = Files.readAllBytes(file);
        assertThat(JournalHistory.read(directory))
                .extracting(JournalEntry::detail)
                .containsExactly("one");
        assertThat(file).hasBinaryContent(before);
    }
}
