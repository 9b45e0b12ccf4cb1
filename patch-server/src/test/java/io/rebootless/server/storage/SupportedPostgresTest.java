package io.rebootless.server.storage;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.server.settings.BadSettingException;
import io.rebootless.server.testing.TestServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a PostgreSQL that is not the server's own. */
class SupportedPostgresTest {
    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18, 19})
    void debians_and_newer_ones_will_do(int major) {
        assertThatCode(() -> SupportedPostgres.check(major, major + ".1", "UTF8"))
                .doesNotThrowAnyException();
    }

    @Test
    void an_older_one_ends_the_start_with_what_to_do() {
        assertThatThrownBy(() -> SupportedPostgres.check(14, "14.9 (Ubuntu)", "UTF8"))
                .isInstanceOf(BadSettingException.class)
                .hasMessageContaining("PostgreSQL 14.9 (Ubuntu) is too old")
                .extracting(e -> ((BadSettingException) e).remedy())
                .asString()
                .contains("15 or newer");
    }

    @Test
    void an_encoding_that_cannot_hold_every_name_ends_the_start() {
        assertThatThrownBy(() -> SupportedPostgres.check(18, "18.1", "SQL_ASCII"))
                .isInstanceOf(BadSettingException.class)
                .hasMessageContaining("SQL_ASCII, not UTF8");
    }

    @Test
    void one_that_does_not_answer_ends_the_start(@TempDir Path data) {
        // Port 1 is nobody's.
        assertThatThrownBy(() -> TestServer.start(
                        data,
                        List.of(
                                "--spring.datasource.url=jdbc:postgresql://127.0.0.1:1/rebootless",
                                "--spring.datasource.hikari.initialization-fail-timeout=1",
                                "--spring.datasource.hikari.connection-timeout=250")))
                .hasRootCauseInstanceOf(java.net.ConnectException.class)
                .hasStackTraceContaining("127.0.0.1:1");
    }
}
