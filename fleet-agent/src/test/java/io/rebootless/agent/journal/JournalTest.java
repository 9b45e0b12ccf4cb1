package io.rebootless.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.wire.AgentState;
import io.rebootless.wire.JournalEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final UUID FIRST = new UUID(0, 1);
    private static final UUID SECOND = new UUID(0, 2);

    @TempDir
    private Path directory;

    private static void append(Journal journal, String detail) throws IOException {
        journal.append(
                sequence -> new JournalEntry(sequence, Instant.EPOCH, "boot", AgentState.APPLYING, null, null, detail));
    }

    private Path file() {
        return directory.resolve("journal.jsonl");
    }

    @Test
    void entriesSurviveAndSequencesGoOn() throws IOException {
        append(Journal.open(directory, FIRST), "one");
        var again = Journal.open(directory, SECOND);
        append(again, "two");

        assertThat(again.id()).isEqualTo(FIRST);
        assertThat(Journal.open(directory, SECOND).after(0, 10))
                .extracting(JournalEntry::sequence)
                .containsExactly(1L, 2L);
        assertThat(again.after(1, 10)).extracting(JournalEntry::detail).containsExactly("two");
        assertThat(again.after(0, 1)).extracting(JournalEntry::detail).containsExactly("one");
    }

    @Test
    void everyTornLastLineIsDropped() throws IOException {
        append(Journal.open(directory, FIRST), "one");
        long good = Files.size(file());
        append(Journal.open(directory, FIRST), "two");
        byte[] whole = Files.readAllBytes(file());
        for (int size = (int) good; size < whole.length; size++) {
            Files.write(file(), Arrays.copyOf(whole, size));
            var torn = Journal.open(directory, SECOND);
            assertThat(torn.last()).isEqualTo(1);
            append(torn, "again");
            var mended = Journal.open(directory, SECOND);
            assertThat(mended.id()).isEqualTo(FIRST);
            assertThat(mended.after(0, 10)).extracting(JournalEntry::detail).containsExactly("one", "again");
        }
    }

    @Test
    void aDamagedJournalIsPutAsideAndAnotherStarted() throws IOException {
        append(Journal.open(directory, FIRST), "one");
        Files.writeString(file(), "{\"sequence\":\n", StandardOpenOption.APPEND);

        var fresh = Journal.open(directory, SECOND);
        assertThat(fresh.id()).isEqualTo(SECOND);
        assertThat(fresh.last()).isZero();
        assertThat(directory.resolve("journal.damaged.jsonl")).content().contains("one");
    }

    @Test
    void aLineOfNothingIsDamage() throws IOException {
        append(Journal.open(directory, FIRST), "one");
        Files.writeString(file(), "null\n", StandardOpenOption.APPEND);
        assertThat(Journal.open(directory, SECOND).id()).isEqualTo(SECOND);
        Files.writeString(file(), "null\n");
        assertThat(Journal.open(directory, FIRST).id()).isEqualTo(FIRST);
    }

    @Test
    void aGapIsDamage() throws IOException {
        var journal = Journal.open(directory, FIRST);
        append(journal, "one");
        append(journal, "two");
        var lines = Files.readAllLines(file());
        lines.remove(1);
        Files.write(file(), lines);

        assertThat(Journal.open(directory, SECOND).id()).isEqualTo(SECOND);
    }

    @Test
    void anEmptyFileIsNoJournal() throws IOException {
        Files.createFile(file());
        assertThat(Journal.open(directory, SECOND).id()).isEqualTo(SECOND);
    }

    @Test
    void whatAnotherProcessDoesToItIsNoticedAndWhatItDidItselfIsNone() throws IOException {
        var ours = Journal.open(directory, FIRST);
        assertThat(ours.asItWasLeft()).isTrue();
        append(ours, "one");
        assertThat(ours.asItWasLeft()).isTrue();
        ours.rotate(1, 10);
        assertThat(ours.asItWasLeft()).isTrue();

        append(Journal.open(directory, SECOND), "two");
        assertThat(ours.asItWasLeft()).as("another line").isFalse();
        ours = Journal.open(directory, SECOND);
        Journal.open(directory, SECOND).restart(SECOND);
        assertThat(ours.asItWasLeft()).as("another file").isFalse();
        ours = Journal.open(directory, SECOND);
        Files.delete(file());
        assertThat(ours.asItWasLeft()).as("none").isFalse();
    }

    @Test
    void itIsRotatedOnlyWhenLargeAndKnownElsewhere() throws IOException {
        var journal = Journal.open(directory, FIRST);
        append(journal, "one");
        journal.rotate(1, 1_000_000);
        journal.rotate(0, 10);
        assertThat(journal.after(0, 10)).hasSize(1);

        journal.rotate(1, 10);
        append(journal, "two");
        var again = Journal.open(directory, SECOND);
        assertThat(again.id()).isEqualTo(FIRST);
        assertThat(again.after(0, 10)).extracting(JournalEntry::sequence).containsExactly(2L);
        assertThat(directory.resolve("journal.1.jsonl")).content().contains("one");
    }
}
