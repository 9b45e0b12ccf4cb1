package io.rebootless.wire;

import io.rebootless.bundle.Sha256;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One line of an agent's journal, written and flushed before the step that it names.
 *
 * @param sequence from 1, without gaps within a journal
 * @param at the host's wall time: recorded, never judged by
 * @param bootId {@code /proc/sys/kernel/random/boot_id}
 * @param step what is about to happen, or has happened
 * @param bundle the bundle's identity, if one is meant
 * @param level the bundle's level, if one is meant
 * @param detail for people, at most 2000 characters
 */
public record JournalEntry(
        long sequence,
        Instant at,
        String bootId,
        AgentState step,
        @Nullable Sha256 bundle,
        @Nullable Long level,
        @Nullable String detail) {
    public JournalEntry {
        Limits.range("journal.sequence", sequence, 1, Long.MAX_VALUE);
        Objects.requireNonNull(at, "journal.at");
        Limits.text("journal.bootId", bootId, 64);
        Objects.requireNonNull(step, "journal.step");
        Limits.optionalLines("journal.detail", detail, 2000);
    }
}
