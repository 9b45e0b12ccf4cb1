package io.rebootless.server.fleet;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.rebootless.bundle.Sha256;
import io.rebootless.server.access.HostTokens.Standing;
import io.rebootless.server.cluster.Link;
import io.rebootless.server.cluster.LinkRestored;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.holds.Holds;
import io.rebootless.server.sql.Columns;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Hosts by the hash of their token, in memory, so that no poll waits for the database. What changes at whichever server
 * is told by a {@link Signal}, and what was read before it does not count any more. A server that is cut off from the
 * signals remembers nothing: it asks the database for every token, or says that it cannot.
 */
@Component
public final class HostDirectory {
    private static final long MAX_HOSTS = 200_000;
    private static final Duration REFRESH = Duration.ofSeconds(60);
    private static final Duration FORGET = Duration.ofMinutes(30);
    /** So many of the pool's connections, and so long, for tokens that cannot be answered from memory. */
    private static final int BLIND_LOOKUPS = 8;

    private static final Duration BLIND_PATIENCE = Duration.ofMillis(500);

    private final JdbcClient jdbc;
    private final Holds holds;
    private final Link link;
    private final LoadingCache<Sha256, @Nullable Remembered> byToken;
    private final Semaphore blind = new Semaphore(BLIND_LOOKUPS);

    /** Counts the signals. */
    private final AtomicLong signals = new AtomicLong();

    /** At which signal a host has last changed; kept for longer than any entry that may be older. */
    private final Cache<UUID, Long> changedAt =
            Caffeine.newBuilder().expireAfterWrite(FORGET.multipliedBy(2)).build();

    private volatile long restoredAt;

    HostDirectory(JdbcClient jdbc, Holds holds, Link link) {
        this.jdbc = jdbc;
        this.holds = holds;
        this.link = link;
        this.byToken = Caffeine.newBuilder()
                .maximumSize(MAX_HOSTS)
                .refreshAfterWrite(REFRESH)
                .expireAfterAccess(FORGET)
                .build(new CacheLoader<Sha256, @Nullable Remembered>() {
                    @Override
                    public @Nullable Remembered load(Sha256 tokenHash) {
                        long before = signals.get();
                        KnownHost host = find(tokenHash);
                        return host == null ? null : new Remembered(host, before);
                    }
                });
    }

    /**
     * What was read.
     *
     * @param before how many signals had come when its reading began
     */
    private record Remembered(KnownHost host, long before) {}

    /**
     * The host that shows a token; reads the database only if the token was not seen for long, the host has changed, or
     * this server is cut off from the others.
     *
     * @throws org.springframework.dao.DataAccessException if the database is needed and does not answer
     */
    public Optional<KnownHost> byToken(Sha256 tokenHash) {
        if (!link.up()) {
            return Optional.ofNullable(findBlindly(tokenHash));
        }
        Remembered known = byToken.get(tokenHash);
        while (known != null && outdated(known)) {
            byToken.asMap().remove(tokenHash, known);
            known = byToken.get(tokenHash);
        }
        return Optional.ofNullable(known).map(Remembered::host);
    }

    /** A host of the fleet as a directive needs to know it, read from the database. */
    public Optional<KnownHost> byId(UUID id) {
        return jdbc.sql("""
                        SELECT kernel_release, kernel_version, machine, build_id FROM host
                        WHERE id = :id AND retired_at IS NULL
                        """)
                .param("id", id)
                .query((row, number) -> Columns.kernel(row))
                .optional()
                .map(kernel ->
                        new KnownHost(id, kernel, Standing.MEMBER, null, null, false, false, null, holds.of(id)));
    }

    private boolean outdated(Remembered known) {
        Long changed = changedAt.getIfPresent(known.host().id());
        return known.before() < restoredAt || (changed != null && known.before() < changed);
    }

    /** A database that does not answer must not keep every thread of the server waiting for it. */
    private @Nullable KnownHost findBlindly(Sha256 tokenHash) {
        try {
            if (!blind.tryAcquire(BLIND_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new DataAccessResourceFailureException("too many tokens are being looked up");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataAccessResourceFailureException("interrupted", e);
        }
        try {
            return find(tokenHash);
        } finally {
            blind.release();
        }
    }

    @EventListener
    void on(Signal signal) {
        switch (signal.topic()) {
            case HOST -> reread(UUID.fromString(signal.id()));
            // Nobody knows which hosts are held by it, or are in the group: nothing read before counts.
            case HOLD, GROUP -> restored();
            case CATALOG, API_KEY, ENROLLMENT_KEY -> {}
        }
    }

    /** Nobody knows what was missed: nothing read before counts. */
    @EventListener(LinkRestored.class)
    void restored() {
        restoredAt = signals.incrementAndGet();
    }

    /**
     * Has the next poll here see a change of a host that was just committed, without reading it. Who is reading it is not
     * waited for: he may want the connection to the database that the caller holds, and the signal makes up for it.
     */
    void changed(UUID host, UnaryOperator<KnownHost> change) {
        tokenHash(host).ifPresent(hash -> {
            Remembered known;
            do {
                known = byToken.getIfPresent(hash);
            } while (known != null
                    && !byToken.asMap()
                            .replace(hash, known, new Remembered(change.apply(known.host()), known.before())));
        });
    }

    /** Has the next poll here read a change of a host that was just committed. */
    void reread(UUID host) {
        changedAt.put(host, signals.incrementAndGet());
    }

    /** Whether a token can be answered without the database. */
    boolean remembers(Sha256 tokenHash) {
        return link.up() && byToken.asMap().containsKey(tokenHash);
    }

    /** Forgets a token that is none any more. */
    void forget(Sha256 tokenHash) {
        byToken.invalidate(tokenHash);
    }

    private Optional<Sha256> tokenHash(UUID host) {
        return jdbc.sql("SELECT token_hash FROM host WHERE id = :id")
                .param("id", host)
                .query(String.class)
                .optional()
                .map(Sha256::new);
    }

    private @Nullable KnownHost find(Sha256 tokenHash) {
        return jdbc.sql("""
                        SELECT h.id, h.kernel_release, h.kernel_version, h.machine, h.build_id,
                               %s,
                               s.journal_id || '/' || s.number AS report,
                               (SELECT r.boot_id FROM host_run r WHERE r.host_id = h.id ORDER BY r.last_turn DESC LIMIT 1)
                                   AS boot,
                               h.token_wanted_at IS NOT NULL AS token_wanted, h.token_hash <> :hash AS fresh_token,
                               (SELECT string_agg(q.id::text, ',' ORDER BY q.id) FROM host_quarantine q
                                WHERE q.host_id = h.id AND q.reported AND q.lifted_at IS NOT NULL) AS lifted
                        FROM host h LEFT JOIN host_state s ON s.host_id = h.id
                        WHERE h.token_hash = :hash OR h.next_token_hash = :hash
                        """.formatted(HostColumns.STANDING))
                .param("hash", tokenHash.hex())
                .query((row, number) -> new KnownHost(
                        row.getObject("id", UUID.class),
                        Columns.kernel(row),
                        HostColumns.standing(row),
                        row.getString("report"),
                        row.getString("boot"),
                        row.getBoolean("token_wanted"),
                        row.getBoolean("fresh_token"),
                        row.getString("lifted"),
                        List.of()))
                .optional()
                // Not while the row is read: that would take a second connection.
                .map(host -> host.held(holds.of(host.id())))
                .orElse(null);
    }
}
