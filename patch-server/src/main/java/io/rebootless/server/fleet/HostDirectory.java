package io.rebootless.server.fleet;

import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.rebootless.bundle.Sha256;
import io.rebootless.server.access.HostTokens.Standing;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Hosts by the hash of their token, in memory. Entries are refreshed in the background, each at its own time: a change
 * made by another server is seen within a minute, and no poll waits for the database.
 */
@Component
public final class HostDirectory {
    private static final long MAX_HOSTS = 200_000;
    private static final Duration REFRESH = Duration.ofSeconds(60);
    private static final Duration FORGET = Duration.ofMinutes(30);

    private final JdbcClient jdbc;
    private final LoadingCache<Sha256, @Nullable KnownHost> byToken;

    HostDirectory(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.byToken = Caffeine.newBuilder()
                .maximumSize(MAX_HOSTS)
                .refreshAfterWrite(REFRESH)
                .expireAfterAccess(FORGET)
                .build(new CacheLoader<Sha256, @Nullable KnownHost>() {
                    @Override
                    public @Nullable KnownHost load(Sha256 tokenHash) {
                        return find(tokenHash);
                    }
                });
    }

    /** The host that shows a token; reads the database only for a token not seen for long. */
    public Optional<KnownHost> byToken(Sha256 tokenHash) {
        return Optional.ofNullable(byToken.get(tokenHash));
    }

    /** Has the next poll see a change of a host that was just committed. */
    void changed(UUID host, UnaryOperator<KnownHost> change) {
        tokenHash(host).ifPresent(hash -> byToken.asMap().computeIfPresent(hash, (key, known) -> change.apply(known)));
    }

    /** Whether a token can be answered without the database. */
    boolean remembers(Sha256 tokenHash) {
        return byToken.asMap().containsKey(tokenHash);
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
                               h.retired_at IS NOT NULL AS retired, h.cloned_at IS NOT NULL AS cloned,
                               s.journal_id || '/' || s.number AS report,
                               (SELECT r.boot_id FROM host_run r WHERE r.host_id = h.id ORDER BY r.last_turn DESC LIMIT 1)
                                   AS boot,
                               h.token_wanted_at IS NOT NULL AS token_wanted, h.token_hash <> :hash AS fresh_token
                        FROM host h LEFT JOIN host_state s ON s.host_id = h.id
                        WHERE h.token_hash = :hash OR h.next_token_hash = :hash
                        """)
                .param("hash", tokenHash.hex())
                .query((row, number) -> new KnownHost(
                        row.getObject("id", UUID.class),
                        HostColumns.kernel(row),
                        row.getBoolean("retired")
                                ? Standing.RETIRED
                                : row.getBoolean("cloned") ? Standing.CLONED : Standing.MEMBER,
                        row.getString("report"),
                        row.getString("boot"),
                        row.getBoolean("token_wanted"),
                        row.getBoolean("fresh_token")))
                .optional()
                .orElse(null);
    }
}
