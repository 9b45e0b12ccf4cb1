package io.rebootless.server.storage;

import io.rebootless.server.readiness.ReadinessCheck;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.stereotype.Component;

/** Ready while the database answers and has the schema that this server has brought it to. */
@Component
final class DatabaseReadiness implements ReadinessCheck {
    private static final int ANSWER_SECONDS = 5;

    private final DataSource pool;
    private final String version;

    DatabaseReadiness(DataSource pool, Flyway flyway) {
        this.pool = pool;
        var current = flyway.info().current();
        if (current == null) {
            throw new IllegalStateException("no migration has run");
        }
        this.version = String.valueOf(current.getVersion());
    }

    @Override
    public String part() {
        return "database";
    }

    @Override
    public Optional<String> fault() throws SQLException {
        try (var connection = pool.getConnection();
                var query = connection.prepareStatement(
                        "SELECT count(*) FROM flyway_schema_history WHERE version = ? AND success")) {
            query.setQueryTimeout(ANSWER_SECONDS);
            query.setString(1, version);
            try (var rows = query.executeQuery()) {
                return rows.next() && rows.getInt(1) > 0
                        ? Optional.empty()
                        : Optional.of("its schema is not at version %s any more".formatted(version));
            }
        }
    }
}
