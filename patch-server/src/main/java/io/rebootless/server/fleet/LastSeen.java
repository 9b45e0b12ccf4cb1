package io.rebootless.server.fleet;

import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * When each host was last heard of, by the database's clock, for servers' clocks may differ: noted in memory, written in
 * one statement a second.
 */
@Component
public final class LastSeen {
    private static final Logger LOG = LoggerFactory.getLogger(LastSeen.class);

    /** What waits longer for the database is overtaken by the host's next poll; more is a clock that was set. */
    private static final Duration LONGEST = Duration.ofDays(1);

    private final JdbcTemplate jdbc;
    private final Clock clock;
    /** When, by this server's clock. */
    private final Map<UUID, Instant> pending = new ConcurrentHashMap<>();

    LastSeen(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    public void heard(UUID host) {
        pending.put(host, clock.instant());
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
            Instant now = clock.instant();
            Long[] ages = new Long[hosts.length];
            for (int i = 0; i < hosts.length; i++) {
                // A clock that was set meanwhile is no reason to write what never was.
                Duration age = Duration.between(batch.getOrDefault(hosts[i], now), now);
                ages[i] = age.isNegative() ? 0 : Math.min(age.toMillis(), LONGEST.toMillis());
            }
            jdbc.update("""
                    INSERT INTO host_seen (host_id, seen_at)
                    SELECT host_id, now() - age * interval '1 millisecond'
                    FROM unnest(?, ?) AS batch (host_id, age) ORDER BY host_id
                    ON CONFLICT (host_id) DO UPDATE SET seen_at = greatest(host_seen.seen_at, excluded.seen_at)
                    """, statement -> {
                var connection = statement.getConnection();
                statement.setArray(1, connection.createArrayOf("uuid", hosts));
                statement.setArray(2, connection.createArrayOf("bigint", ages));
            });
            batch.forEach(pending::remove);
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("when {} hosts were last seen cannot be written yet: {}", batch.size(), e.getMessage());
        }
    }
}
