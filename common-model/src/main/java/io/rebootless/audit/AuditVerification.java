package io.rebootless.audit;

import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Follows the log from its first entry to its last, and says what that proves. Used once. */
public final class AuditVerification {
    private final TreeMap<Long, Set<AuditHead>> kept = new TreeMap<>();
    private AuditHead last = AuditHead.EMPTY;
    private AuditHead proven = AuditHead.EMPTY;
    private @Nullable Broken broken;

    /** Against heads that were kept where whoever might change the log could not change them. */
    public AuditVerification(Collection<AuditHead> kept) {
        kept.forEach(head -> this.kept
                .computeIfAbsent(head.sequence(), at -> new HashSet<>())
                .add(head));
        compare(AuditHead.EMPTY);
    }

    /** What was found. */
    public sealed interface Verdict permits Intact, Broken {}

    /**
     * Every entry follows from the one before it.
     *
     * @param last the last entry
     * @param proven the newest head that was kept, if any but the empty log's: up to there nothing was altered, removed
     *     or reordered
     */
    public record Intact(AuditHead last, Optional<AuditHead> proven) implements Verdict {}

    /**
     * Somebody has tampered with the log.
     *
     * @param sequence the first entry that is not as it was sealed
     * @param reason a sentence
     * @param endMissing whether every entry is as it was sealed, and the last ones are not there: so is a copy that was
     *     made before the newest head was
     */
    public record Broken(long sequence, String reason, boolean endMissing) implements Verdict {
        Broken(long sequence, String reason) {
            this(sequence, reason, false);
        }
    }

    /** Takes the next entry; after the first that is wrong, nothing is looked at any more. */
    public void accept(AuditEntry entry) {
        if (broken != null) {
            return;
        }
        long expected = last.sequence() + 1;
        if (entry.sequence() > expected) {
            broken = new Broken(expected, "Entry %d is missing: %d follows.".formatted(expected, entry.sequence()));
        } else if (entry.sequence() < expected) {
            broken = new Broken(
                    expected, "In the place of entry %d stands another one, %d.".formatted(expected, entry.sequence()));
        } else if (!AuditChain.hash(last.hash(), entry).equals(entry.hash())) {
            broken = new Broken(
                    expected,
                    "Entry %d is not what was sealed: it was altered, or put here from elsewhere.".formatted(expected));
        } else {
            last = entry.head();
            compare(last);
        }
    }

    private void compare(AuditHead found) {
        for (AuditHead head : kept.getOrDefault(found.sequence(), Set.of())) {
            if (!head.equals(found)) {
                broken = new Broken(
                        proven.sequence() + 1,
                        "The log was written anew somewhere from entry %d to %d: it has the head %s, kept was %s."
                                .formatted(proven.sequence() + 1, found.sequence(), found, head));
                return;
            }
            proven = found;
        }
    }

    /** The verdict, when there are no more entries. */
    public Verdict end() {
        if (broken != null) {
            return broken;
        }
        Long beyond = kept.higherKey(last.sequence());
        if (beyond != null) {
            return new Broken(
                    last.sequence() + 1,
                    "The log was cut: it ends with entry %d, and there was an entry %d once."
                            .formatted(last.sequence(), kept.lastKey()),
                    true);
        }
        return new Intact(last, proven.sequence() == 0 ? Optional.empty() : Optional.of(proven));
    }
}
