package io.rebootless.product;

import io.rebootless.wire.AgentState;
import io.rebootless.wire.JournalEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a host may not apply any more, drawn from its files by simpler means than its own: a bundle that was being tried
 * when the power went, until the server lifts it. Told of every boot, it fails when such a bundle was handed over again.
 */
final class KillLedger {
    /** Identities, and the entry of the journal after which they were not to be handed over. */
    private final Map<String, Long> forbidden = new HashMap<>();

    private final Set<String> everSettled = new HashSet<>();
    private final List<JournalEntry> story = new ArrayList<>();

    /** What the journal has gained. */
    void follow(StateFiles files) {
        long known = last();
        var journal = files.journal();
        if (known > 0 && (journal.isEmpty() || journal.get(journal.size() - 1).sequence() < known)) {
            throw new AssertionError("the journal has lost entries: " + journal + "\n" + lines());
        }
        journal.stream().filter(entry -> entry.sequence() > known).forEach(this::follow);
    }

    /** After a boot that has ended without a word, and before the agent has started again. */
    void killed(StateFiles files) {
        follow(files);
        files.attempt().ifPresent(bundle -> forbidden.putIfAbsent(bundle, last()));
    }

    private void follow(JournalEntry entry) {
        story.add(entry);
        if (entry.bundle() == null) {
            return;
        }
        String bundle = entry.bundle().hex();
        String detail = Optional.ofNullable(entry.detail()).orElse("");
        if (entry.step() == AgentState.APPLYING && forbidden.containsKey(bundle)) {
            throw new AssertionError("applied again after %d: %s%n%s".formatted(forbidden.get(bundle), entry, lines()));
        } else if (entry.step() == AgentState.SETTLED) {
            everSettled.add(bundle);
        } else if (detail.startsWith("suspected-crash")) {
            forbidden.putIfAbsent(bundle, entry.sequence());
        } else if (detail.contains("lifted the quarantine")) {
            forbidden.remove(bundle);
        }
    }

    private long last() {
        return story.isEmpty() ? 0 : story.get(story.size() - 1).sequence();
    }

    Set<String> forbidden() {
        return Set.copyOf(forbidden.keySet());
    }

    Set<String> everSettled() {
        return Set.copyOf(everSettled);
    }

    /** The journal, for messages. */
    String lines() {
        var text = new StringBuilder();
        story.forEach(entry -> text.append(entry).append('\n'));
        return text.toString();
    }
}
