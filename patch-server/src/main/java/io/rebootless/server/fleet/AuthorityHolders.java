package io.rebootless.server.fleet;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.rebootless.server.settings.Settings;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.ServerTls.Hosts;
import io.rebootless.wire.ServerTls.Missing;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Which certificate authorities each host trusts, by the digest that it names in its polls. Only changes are written, in
 * one statement a second.
 */
@Component
public final class AuthorityHolders {
    private static final Logger LOG = LoggerFactory.getLogger(AuthorityHolders.class);
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final int MAX_NAMES = 100;
    private static final long MAX_HOSTS = 200_000;

    /** Another server may have written something else meanwhile. */
    private static final Duration FORGET = Duration.ofMinutes(10);

    private static final String MISSING = """
            SELECT h.id, h.hostname, coalesce(greatest(n.seen_at, s.reported_at) < :limit, true) AS silent
            FROM host h
            LEFT JOIN host_authorities a ON a.host_id = h.id
            LEFT JOIN host_seen n ON n.host_id = h.id
            LEFT JOIN host_state s ON s.host_id = h.id
            WHERE h.retired_at IS NULL AND a.digest IS DISTINCT FROM :digest
            """;

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final Settings settings;
    private final Clock clock;
    private final Map<UUID, String> pending = new ConcurrentHashMap<>();
    private final Cache<UUID, String> known = Caffeine.newBuilder()
            .maximumSize(MAX_HOSTS)
            .expireAfterWrite(FORGET)
            .build();

    AuthorityHolders(JdbcTemplate batches, JdbcClient jdbc, Settings settings, Clock clock) {
        this.batches = batches;
        this.jdbc = jdbc;
        this.settings = settings;
        this.clock = clock;
    }

    /** Notes what a host says that it trusts; anything but a digest says nothing. */
    public void heard(UUID host, @Nullable String digest) {
        if (digest != null
                && !digest.equals(known.getIfPresent(host))
                && DIGEST.matcher(digest).matches()) {
            pending.put(host, digest);
        }
    }

    /** How the fleet stands to a list of authorities. */
    public Hosts standing(String digest) {
        Instant limit = clock.instant().minus(settings.fleet().silentAfter());
        int total = jdbc.sql("SELECT count(*) FROM host WHERE retired_at IS NULL")
                .query(Integer.class)
                .single();
        return jdbc.sql("SELECT count(*) FILTER (WHERE NOT silent) AS waiting, count(*) FILTER (WHERE silent) AS silent"
                        + " FROM (" + MISSING + ") AS missing")
                .param("limit", Columns.column(limit))
                .param("digest", digest)
                .query((row, number) -> {
                    int waiting = row.getInt("waiting");
                    int silent = row.getInt("silent");
                    int ready = Math.max(0, total - waiting - silent);
                    return new Hosts(total, ready, waiting, silent, missing(digest, limit));
                })
                .single();
    }

    private List<Missing> missing(String digest, Instant limit) {
        return jdbc.sql(MISSING + " ORDER BY silent, h.hostname, h.id LIMIT :names")
                .param("limit", Columns.column(limit))
                .param("digest", digest)
                .param("names", MAX_NAMES)
                .query((row, number) -> new Missing(
                        row.getObject("id", UUID.class), row.getString("hostname"), row.getBoolean("silent")))
                .list();
    }

    /** What cannot be written stays pending and is written with the next batch. */
    @Scheduled(fixedDelay = 1, timeUnit = TimeUnit.SECONDS)
    @PreDestroy
    void write() {
        var batch = Map.copyOf(pending);
        if (batch.isEmpty()) {
            return;
        }
        try {
            UUID[] hosts = batch.keySet().toArray(UUID[]::new);
            String[] digests = new String[hosts.length];
            for (int i = 0; i < hosts.length; i++) {
                digests[i] = batch.getOrDefault(hosts[i], "");
            }
            batches.update("""
                    INSERT INTO host_authorities (host_id, digest, since)
                    SELECT host_id, digest, ? FROM unnest(?, ?) AS batch (host_id, digest) ORDER BY host_id
                    ON CONFLICT (host_id) DO UPDATE SET digest = excluded.digest, since = excluded.since
                    WHERE host_authorities.digest <> excluded.digest
                    """, statement -> {
                var connection = statement.getConnection();
                statement.setObject(1, Columns.column(clock.instant()));
                statement.setArray(2, connection.createArrayOf("uuid", hosts));
                statement.setArray(3, connection.createArrayOf("text", digests));
            });
            batch.forEach(pending::remove);
            known.putAll(batch);
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("what {} hosts trust cannot be written yet: {}", batch.size(), e.getMessage());
        }
    }
}
