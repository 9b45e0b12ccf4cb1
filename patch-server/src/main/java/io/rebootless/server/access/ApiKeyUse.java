package io.rebootless.server.access;

import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
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

/** When each API key was last used, to the minute: noted in memory, written once every few seconds, if at all. */
@Component
class ApiKeyUse {
    private static final Logger LOG = LoggerFactory.getLogger(ApiKeyUse.class);

    private final JdbcTemplate jdbc;
    private final Clock clock;
    private final Map<UUID, Instant> pending = new ConcurrentHashMap<>();
    private final Map<UUID, Instant> written = new ConcurrentHashMap<>();

    ApiKeyUse(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    void used(UUID key) {
        Instant minute = clock.instant().truncatedTo(ChronoUnit.MINUTES);
        if (!minute.equals(written.get(key))) {
            pending.put(key, minute);
        }
    }

    @Scheduled(fixedDelay = 5, timeUnit = TimeUnit.SECONDS)
    @PreDestroy
    void write() {
        Map.copyOf(pending).forEach((key, minute) -> {
            try {
                jdbc.update(
                        "UPDATE api_key SET used_at = greatest(used_at, ?) WHERE id = ?",
                        minute.atOffset(ZoneOffset.UTC),
                        key);
                written.put(key, minute);
                pending.remove(key, minute);
            } catch (DataAccessException | TransactionException e) {
                LOG.warn("when an API key was last used cannot be written yet: {}", e.getMessage());
            }
        });
    }
}
