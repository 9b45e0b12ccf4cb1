package io.rebootless.server.catalog;

import io.rebootless.server.readiness.ReadinessCheck;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Ready while polls are answered from the catalogue as it is, or was a moment ago. */
@Component
final class CatalogReadiness implements ReadinessCheck {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Catalog catalog;
    private final JdbcClient jdbc;
    private final Clock clock;
    private final AtomicReference<Instant> upToDate;

    CatalogReadiness(Catalog catalog, JdbcClient jdbc, Clock clock) {
        this.catalog = catalog;
        this.jdbc = jdbc;
        this.clock = clock;
        this.upToDate = new AtomicReference<>(clock.instant());
    }

    @Override
    public String part() {
        return "catalogue";
    }

    @Override
    public Optional<String> fault() {
        long stored = jdbc.sql("SELECT generation FROM catalog_state")
                .query(Long.class)
                .single();
        if (catalog.snapshot().generation() >= stored) {
            upToDate.set(clock.instant());
            return Optional.empty();
        }
        Duration behind = Duration.between(upToDate.get(), clock.instant());
        return behind.compareTo(GRACE) > 0
                ? Optional.of("behind the database for %d s".formatted(behind.toSeconds()))
                : Optional.empty();
    }
}
