package io.rebootless.server.access;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.cluster.Link;
import io.rebootless.server.cluster.LinkRestored;
import io.rebootless.server.cluster.Signal;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Every API key by its hash, in memory: there are few, and a key that nobody made never costs the database anything.
 * Read anew when any server changes one. A server that is cut off from the others asks the database instead.
 */
@Component
class KnownApiKeys {
    private final ApiKeyRows rows;
    private final Link link;
    private final Clock clock;
    private volatile Map<Sha256, ApiKeyRow> byHash = Map.of();

    KnownApiKeys(ApiKeyRows rows, Link link, Clock clock) {
        this.rows = rows;
        this.link = link;
        this.clock = clock;
    }

    /**
     * What a key is good for.
     *
     * @param caller whose it is
     * @param state whether it still opens anything
     * @param row as stored
     */
    record Known(Caller caller, KeyState state, ApiKeyRow row) {}

    /** Whether {@link #find} needs the database, for a key that was not there when it was last read. */
    boolean blindFor(Sha256 hash) {
        return !link.up() && !byHash.containsKey(hash);
    }

    /** The look-up is by SHA-256: its timing tells an attacker about hashes that he cannot invert, and nothing else. */
    Optional<Known> find(Sha256 hash) {
        var row = link.up() ? Optional.ofNullable(byHash.get(hash)) : rows.findByKeyHash(hash.hex());
        return row.map(key -> new Known(new Caller(key.id, key.role, key.name, hash), key.state(clock.instant()), key));
    }

    @EventListener(LinkRestored.class)
    void read() {
        reread();
    }

    @EventListener
    void on(Signal signal) {
        if (signal.topic() == Signal.Topic.API_KEY) {
            reread();
        }
    }

    /** One at a time: a slower reading of an older state must not win over a newer one. */
    synchronized void reread() {
        byHash = rows.findAllByOrderByCreatedAtAscIdAsc().stream()
                .collect(Collectors.toUnmodifiableMap(row -> new Sha256(row.keyHash), Function.identity()));
    }
}
