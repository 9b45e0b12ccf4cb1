package io.rebootless.server.storage;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.datasource.DelegatingDataSource;

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

    /** The pool gives a statement up that is not answered in time; a migration of a large table takes what it takes. */
    @Bean
    FlywayConfigurationCustomizer migrationsTakeTheirTime() {
        return flyway -> flyway.dataSource(new Patient(flyway.getDataSource()));
    }

    private static final class Patient extends DelegatingDataSource {
        Patient(DataSource impatient) {
            super(impatient);
        }

        /** The pool takes the limit up again when it gets the connection back. */
        @Override
        public Connection getConnection() throws SQLException {
            var connection = super.getConnection();
            connection.setNetworkTimeout(Runnable::run, 0);
            return connection;
        }
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
