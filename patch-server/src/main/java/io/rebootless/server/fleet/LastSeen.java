package io.rebootless.server.fleet;

import jakarta.annotation.PreDestroy;
import java.time.Clock;
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

/** When each host was last heard of, by the server's clock: noted in memory, written in one statement a second. */
@Component
public final class LastSeen {
    private static final Logger LOG = LoggerFactory.getLogger(LastSeen.class);

    private final JdbcTemplate jdbc;
    private final Clock clock;
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
            Object[] times = new Object[hosts.length];
            for (int i = 0; i < hosts.length; i++) {
                times[i] = HostColumns.column(batch.getOrDefault(hosts[i], Instant.EPOCH));
            }
            jdbc.update("""
                    INSERT INTO host_seen (host_id, seen_at)
                    SELECT * FROM unnest(?, ?) AS batch (host_id, seen_at) ORDER BY host_id
                    ON CONFLICT (host_id) DO UPDATE SET seen_at = greatest(host_seen.seen_at, excluded.seen_at)
                    """, statement -> {
                var connection = statement.getConnection();
                statement.setArray(1, connection.createArrayOf("uuid", hosts));
                statement.setArray(2, connection.createArrayOf("timestamptz", times));
            });
            batch.forEach(pending::remove);
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("when {} hosts were last seen cannot be written yet: {}", batch.size(), e.getMessage());
        }
    }
}
