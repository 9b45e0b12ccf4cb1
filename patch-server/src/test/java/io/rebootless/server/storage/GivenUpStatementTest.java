package io.rebootless.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.server.testing.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Statements that PostgreSQL does not answer in time; here that is a second. */
class GivenUpStatementTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    static Path data;

    static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(data, List.of("--spring.datasource.hikari.data-source-properties.socketTimeout=1"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void sleep(DataSource on, int seconds) {
        JdbcClient.create(on)
                .sql("SELECT pg_sleep(:seconds) /* slow */")
                .param("seconds", seconds)
                .query((row, number) -> "")
                .list();
    }

    private static DataSource pool() {
        return server.context().getBean(DataSource.class);
    }

    @Test
    void they_end_in_PostgreSQL_as_well() throws InterruptedException {
        assertThatThrownBy(() -> sleep(pool(), 300)).isInstanceOf(DataAccessException.class);
        long deadline = System.nanoTime() + LONG.toNanos();
        while (slowOnes() > 0) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(200);
        }
    }

    private static int slowOnes() {
        return server.jdbc()
                .sql(
                        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(300%' AND pid <> pg_backend_pid()")
                .query(Integer.class)
                .single();
    }

    @Test
    void migrations_take_longer_and_leave_no_patience_behind() throws Exception {
        var patient = server.context().getBean(Flyway.class).getConfiguration().getDataSource();
        sleep(patient, 3);
        assertThatThrownBy(() -> sleep(pool(), 3)).isInstanceOf(DataAccessException.class);
    }
}
