package io.rebootless.product;

import io.rebootless.guest.Guest;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.JournalEntry;
import io.rebootless.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A host's state directory, read from outside: whatever a kill has left of it must be whole, or this fails to read it.
 *
 * @param state {@code state.json}
 * @param journal the entries of {@code journal.jsonl} and of the one before it
 */
record StateFiles(JsonNode state, List<JournalEntry> journal) {
    private static final String FOLDER = "/var/lib/rebootless/";
    private static final JsonMapper JSON = WireJson.mapper();

    /** A bundle in the cache that is not what its name says. */
    private static final String ALTERED = """
            cd /var/lib/rebootless/bundles 2>/dev/null || exit 0
            for file in *.rlb; do
                [ ! -e "$file" ] || [ "$(sha256sum "$file" | cut -d ' ' -f 1).rlb" = "$file" ] || echo "$file"
            done""";

    static StateFiles read(Guest guest) {
        require(guest.sh("cat %stoken.json".formatted(FOLDER)).contains("\"token\""), "token.json holds no token");
        String altered = guest.sh(ALTERED);
        require(altered.isEmpty(), "not the bundles that their names say: " + altered);
        String damaged = guest.sh("ls -A %s | grep damaged || true".formatted(FOLDER));
        require(damaged.isEmpty(), "the agent has found damage: " + damaged);
        return look(guest);
    }

    /** Only the state and the journal. */
    static StateFiles look(Guest guest) {
        JsonNode state = JSON.readTree(guest.pull(FOLDER + "state.json"));
        // Put aside when it has grown large; it may have been so since somebody looked last.
        String former = guest.sh("cat %sjournal.1.jsonl 2>/dev/null || true".formatted(FOLDER));
        var journal = new ArrayList<JournalEntry>();
        if (!former.isEmpty()) {
            journal.addAll(entries(former + '\n'));
        }
        journal.addAll(entries(new String(guest.pull(FOLDER + "journal.jsonl"), StandardCharsets.UTF_8)));
        return new StateFiles(state, List.copyOf(journal));
    }

    /** Files whose writing a crash has cut short, and which an agent that has started since has not cleared away. */
    static List<String> leftDrafts(Guest guest) {
        return guest.sh("find %s -name '.*.new' -mmin +3".formatted(FOLDER))
                .lines()
                .toList();
    }

    private static List<JournalEntry> entries(String text) {
        // What comes after the last line's end is an entry that was not written to its end, and counts for nothing.
        List<String> lines =
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        require(!lines.isEmpty(), "the journal has no heading");
        long sequence = JSON.readTree(lines.get(0)).path("after").asLong();
        var entries = new ArrayList<JournalEntry>();
        for (String line : lines.subList(1, lines.size())) {
            var entry = JSON.readValue(line, JournalEntry.class);
            require(entry.sequence() == ++sequence, "the journal has a gap before " + line);
            entries.add(entry);
        }
        return List.copyOf(entries);
    }

    /** The word for where the agent stands. */
    String standing() {
        return state.path("standing").path("state").asString();
    }

    /** The boot that the agent has seen last. */
    String boot() {
        return state.path("watch").path("boot").path("id").asString("");
    }

    /** Identity of the bundle that was handed over and has not settled. */
    Optional<String> attempt() {
        var attempt = state.path("progress").path("attempt");
        return attempt.isObject()
                ? Optional.of(attempt.path("reference").path("identity").asString())
                : Optional.empty();
    }

    /** When the transition of that bundle was seen finished, since boot. */
    String inForceSince() {
        return state.path("progress").path("attempt").path("inForceSince").asString("");
    }

    /** How often a bundle was handed over, as far as this journal tells. */
    long handOvers(String bundle) {
        return journal.stream()
                .filter(entry -> entry.step() == AgentState.APPLYING)
                .filter(entry -> entry.bundle() != null && entry.bundle().hex().equals(bundle))
                .count();
    }

    /** When the server has answered last. */
    String contact() {
        return state.path("reporting").path("contact").asString("");
    }

    /** Whether the server knows all of it. */
    boolean reported() {
        return !state.path("reporting").path("due").asBoolean();
    }

    /** Identities of what the host does not apply again by itself. */
    Set<String> quarantined() {
        return state.path("watch")
                .path("quarantined")
                .valueStream()
                .map(entry -> entry.path("bundle").asString())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }
}
