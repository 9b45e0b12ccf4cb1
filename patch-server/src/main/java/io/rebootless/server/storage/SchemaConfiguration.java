package io.rebootless.server.storage;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessResourceFailureException;

/** Looks at the database before Flyway touches it. */
@Configuration(proxyBeanMethods = false)
class SchemaConfiguration {
    @Bean
    FlywayMigrationStrategy supportedDatabaseFirst(DataSource pool) {
        return flyway -> {
            check(pool);
            flyway.migrate();
        };
    }

    /** The pool gives a statement up that is not answered in time; a migration of a large table takes what it takes. */
    @Bean
    FlywayConfigurationCustomizer migrationsTakeTheirTime(JdbcConnectionDetails database) {
        return flyway -> flyway.dataSource(database.getJdbcUrl(), database.getUsername(), database.getPassword());
    }

    private static void check(DataSource pool) {
        try (var connection = pool.getConnection();
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
