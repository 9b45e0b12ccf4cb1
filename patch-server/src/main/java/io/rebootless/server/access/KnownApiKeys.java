package io.rebootless.server.access;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.cluster.Link;
import io.rebootless.server.cluster.LinkRestored;
import io.rebootless.server.cluster.Signal;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Every API key by its hash, in memory: there are few, and a key that nobody made never costs the database anything.
 * Read anew when any server changes one. A server that is cut off from the others asks the database instead.
 */
@Component
class KnownApiKeys {
    private final ApiKeyRows rows;
    private final Link link;
    private final Clock clock;
    private final AtomicReference<Map<Sha256, ApiKeyRow>> byHash = new AtomicReference<>(Map.of());

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

    /** Whether {@link #find} needs the database, for a key that opened nothing when it was last read. */
    boolean blindFor(Sha256 hash) {
        var row = byHash.get().get(hash);
        return !link.up() && (row == null || row.state(clock.instant()) != KeyState.ACTIVE);
    }

    /** The look-up is by SHA-256: its timing tells an attacker about hashes that he cannot invert, and nothing else. */
    Optional<Known> find(Sha256 hash) {
        var row = link.up() ? Optional.ofNullable(byHash.get().get(hash)) : rows.findByKeyHash(hash.hex());
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

    /**
     * A slower reading of an older state never wins over a newer one: what was read while others changed it is read again.
     * Nobody waits for anybody here, for a reader waits for a connection to the database, and who waited for him might
     * hold the last one.
     */
    void reread() {
        Map<Sha256, ApiKeyRow> before;
        Map<Sha256, ApiKeyRow> read;
        do {
            before = byHash.get();
            read = rows.findAllByOrderByCreatedAtAscIdAsc().stream()
                    .collect(Collectors.toMap(row -> new Sha256(row.keyHash), Function.identity()));
        } while (!byHash.compareAndSet(before, read));
    }

    /**
     * Takes note of a new key once it is committed, which it is already unless the whole request is one transaction: who
     * reads the answer can use the key at once. It is not read from the database, whose connection the request may hold.
     */
    void addOnceCommitted(ApiKeyRow row) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            add(row);
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                add(row);
            }
        });
    }

    /** If it was read meanwhile, that is no older. */
    private void add(ApiKeyRow row) {
        byHash.updateAndGet(known -> {
            var more = new HashMap<>(known);
            more.putIfAbsent(new Sha256(row.keyHash), row);
            return more;
        });
    }
}
