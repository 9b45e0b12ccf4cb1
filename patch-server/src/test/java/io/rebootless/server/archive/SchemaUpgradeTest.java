package io.rebootless.server.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.storage.LocalPostgres;
import io.rebootless.server.testing.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server of today takes over the database of a server of any earlier day. */
class SchemaUpgradeTest {
    /**
     * Migrations that no server outside this repository has seen yet: they may still be edited. When they land they leave
     * this list, and each gets a fixture that fills what it has made, and its checksum a line in
     * {@code db/fixture/SHA256SUMS}.
     */
    private static final Set<Integer> UNLANDED = Set.of();

    @TempDir
    static Path postgresDirectory;

    private static LocalPostgres postgres;

    @BeforeAll
    static void start() throws Exception {
        postgres = LocalPostgres.start(postgresDirectory);
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    static Set<Integer> versions() throws Exception {
        return Fixture.migrations().keySet();
    }

    static List<Integer> withFixture() throws Exception {
        return versions().stream().filter(Fixture::exists).toList();
    }

    @ParameterizedTest
    @MethodSource("withFixture")
    void a_database_of_each_version_is_taken_over_with_its_data(int version, @TempDir Path data) throws Exception {
        var database = postgres.database();
        Fixture.fill(database, version);
        Fixture.fill(data);
        try (var server = TestServer.start(data, database.settings())) {
            Fixture.checkShownBy(server, version);
        }
        assertThat(database.query("SELECT max(version::int) FROM flyway_schema_history"))
                .isEqualTo(Collections.max(versions()).toString());
    }

    @Test
    void a_database_of_a_newer_server_is_left_alone(@TempDir Path data) throws Exception {
        var database = postgres.database();
        Fixture.fill(database, 1);
        database.execute("""
                INSERT INTO flyway_schema_history
                    (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                VALUES (99, '99999', 'of another day', 'SQL', 'V99999__of_another_day.sql', 1, 'somebody', 1, true)
                """);
        assertThatThrownBy(() -> TestServer.start(data, database.settings()))
                .hasRootCauseInstanceOf(FlywayValidateException.class);
        assertThat(database.query("SELECT count(*) FROM flyway_schema_history")).isEqualTo("2");
    }

    @Test
    void every_landed_migration_has_a_fixture() throws Exception {
        var without = new TreeSet<>(versions());
        without.removeIf(Fixture::exists);
        without.removeAll(UNLANDED);
        assertThat(without)
                .as("migrations without a db/fixture/V<version>.sql: write one that fills what the migration has made")
                .isEmpty();
        var landed = new TreeSet<>(versions());
        landed.removeAll(UNLANDED);
        assertThat(UNLANDED).as("what lands, lands in order").allMatch(version -> version > landed.last());
    }

    @Test
    void a_landed_migration_is_never_edited() throws Exception {
        var sums = new StringBuilder();
        for (var migration : Fixture.migrations().entrySet()) {
            if (!UNLANDED.contains(migration.getKey())) {
                sums.append("%s  %s\n"
                        .formatted(
                                Sha256.of(Files.readAllBytes(migration.getValue())),
                                migration.getValue().getFileName()));
            }
        }
        try (var expected = getClass().getResourceAsStream("/db/fixture/SHA256SUMS")) {
            assertThat(expected).isNotNull();
            assertThat(sums).hasToString(new String(expected.readAllBytes()));
        }
    }
}
