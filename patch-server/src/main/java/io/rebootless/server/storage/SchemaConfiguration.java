package io.rebootless.server.storage;

import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessResourceFailureException;

/** Looks at the database before Flyway touches it. */
@Configuration(proxyBeanMethods = false)
class SchemaConfiguration {
    @Bean
    FlywayMigrationStrategy supportedDatabaseFirst() {
        return flyway -> {
            check(flyway);
            flyway.migrate();
        };
    }

    private static void check(Flyway flyway) {
        try (var connection = flyway.getConfiguration().getDataSource().getConnection();
                var query = connection.createStatement();
                var rows = query.executeQuery("SHOW server_encoding")) {
            rows.next();
            var database = connection.getMetaData();
            SupportedPostgres.check(
                    database.getDatabaseMajorVersion(), database.getDatabaseProductVersion(), rows.getString(1));
        } catch (SQLException e) {
            throw new DataAccessResourceFailureException("PostgreSQL does not answer", e);
        }
    }
}
