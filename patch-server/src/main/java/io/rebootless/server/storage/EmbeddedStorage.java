package io.rebootless.server.storage;

import io.rebootless.server.settings.BadSettingException;
import io.rebootless.server.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Without {@code spring.datasource.url} the server brings its own PostgreSQL. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "spring.datasource.url", matchIfMissing = true, havingValue = "\0")
class EmbeddedStorage {
    @Bean
    EmbeddedPostgres embeddedPostgres(DataDirectory data, Settings settings) throws InterruptedException {
        try {
            return new EmbeddedPostgres(data.postgres(), settings.postgres().port());
        } catch (IOException e) {
            throw new BadSettingException(
                    "The embedded PostgreSQL cannot be started: " + e.getMessage(),
                    "Mend what the message names, or set spring.datasource.url to a PostgreSQL of your own.",
                    e);
        }
    }

    /** Beans that use these details are destroyed before the one that they come from: the pool closes first. */
    @Bean
    JdbcConnectionDetails embeddedConnection(EmbeddedPostgres postgres) {
        return new JdbcConnectionDetails() {
            @Override
            public String getUsername() {
                return PostgresCluster.USER;
            }

            @Override
            public String getPassword() {
                try {
                    return postgres.password();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public String getJdbcUrl() {
                return postgres.url();
            }
        };
    }
}
