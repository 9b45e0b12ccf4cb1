package io.rebootless.server.archive;

import static io.rebootless.testing.TestPublishers.alice;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.storage.LocalPostgres;
import io.rebootless.server.storage.LocalPostgres.Database;
import io.rebootless.server.testing.EmbeddedOnly;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code export} writes, {@code import} makes a server of, wherever the databases of the two are. */
@Tag("every-jdk")
class ArchiveTest {
    @TempDir
    static Path postgresDirectory;

    private static LocalPostgres postgres;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    @BeforeAll
    static void start() throws Exception {
        postgres = LocalPostgres.start(postgresDirectory);
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    /** As the server's main method does, but for the process's end. */
    private int command(List<String> settings, String... words) throws Exception {
        var args = new ArrayList<>(List.of(words));
        args.addAll(settings);
        args.add("--logging.config=classpath:logback-test.xml");
        return new ArchiveCommand(
                        new ByteArrayInputStream(new byte[0]),
                        new ByteArrayOutputStream(),
                        new PrintStream(log, true, UTF_8))
                .run(args.toArray(String[]::new));
    }

    private String said() {
        return log.toString(UTF_8);
    }

    private List<String> data(String name) {
        return List.of("--rebootless.data=" + directory.resolve(name));
    }

    /** A directory with the database that a server has there by itself: embedded, unless the suite runs elsewhere. */
    private List<String> server(String name) {
        return with(data(name), TestServer.databaseOf(directory.resolve(name)));
    }

    private List<String> with(List<String> some, List<String> others) {
        var all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    private String archive() {
        return directory.resolve("backup.tar").toString();
    }

    @Test
    void a_running_server_is_exported_and_its_twin_goes_on_where_it_was() throws Exception {
        var kernel = Samples.kernel();
        byte[] file = TestBundles.signed(kernel, 1, 0, TestBundles.manifest(1), alice());
        byte[] next = TestBundles.signed(kernel, 2, 0, TestBundles.manifest(2), alice());
        String token;
        long generation;
        try (var server = TestServer.start(directory.resolve("old"), List.of())) {
            server.trust("alice", alice());
            assertThat(server.admin().upload(file).status()).isEqualTo(201);
            token = Samples.enroll(server, kernel, Map.of("env", "prod")).token();
            assertThat(command(server("old"), "export", archive())).as(said()).isZero();
            generation = generation(server, token);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(archive()))))
                .isEqualTo("rw-------");

        assertThat(command(server("new"), "import", archive())).as(said()).isZero();

        for (String same : List.of("admin.key", "tls/ca.key", "tls/ca.pem", "tls/server.key", "trust.d/alice.der")) {
            assertThat(directory.resolve("new").resolve(same))
                    .hasSameBinaryContentAs(directory.resolve("old").resolve(same));
            assertThat(Files.getPosixFilePermissions(directory.resolve("new").resolve(same)))
                    .isEqualTo(Files.getPosixFilePermissions(
                            directory.resolve("old").resolve(same)));
        }
        assertThat(Files.exists(directory.resolve("new/postgres/password")))
                .as("an embedded one is made with its password, and no other is")
                .isEqualTo(TestServer.databaseOf(directory.resolve("new")).isEmpty());
        try (var server = TestServer.start(directory.resolve("new"), List.of())) {
            assertThat(server.admin().get("/api/v1/bundles/" + Sha256.of(file)).body())
                    .isEqualTo(file);
            assertThat(generation(server, token)).isGreaterThan(generation);
            // Numbers that the old server has given out are not given out again.
            assertThat(server.admin().upload(next).status()).isEqualTo(201);
            assertThat(acts(server, "data.imported")).isEqualTo(1);
            assertThat(acts(server, "audit.head-lost")).isZero();
        }
    }

    private static long acts(TestServer server, String action) {
        return server.jdbc()
                .sql("SELECT count(*) FROM audit_entry WHERE action = :action")
                .param("action", action)
                .query(Long.class)
                .single();
    }

    private static long generation(TestServer server, String token) {
        return server.api()
                .as(token)
                .get("/api/v1/agent/directive")
                .json()
                .get("generation")
                .asLong();
    }

    /** The oldest and the newest; all of them in a long run. {@link SchemaUpgradeTest} takes all of them always. */
    static List<Integer> versions() throws Exception {
        var all = SchemaUpgradeTest.withFixture();
        return Boolean.getBoolean("rebootless.long") ? all : List.of(Collections.min(all), Collections.max(all));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void an_archive_of_each_schema_is_imported_and_migrated_from_another_postgresql_to_the_embedded_one(int version)
            throws Exception {
        exported(postgres.database(), version);
        assertThat(command(server("new"), "import", archive())).as(said()).isZero();
        try (var server = TestServer.start(directory.resolve("new"), List.of())) {
            Fixture.checkShownBy(server, version);
        }
    }

    private void exported(Database from, int version) throws Exception {
        Fixture.fill(from, version);
        Fixture.fill(directory.resolve("old"));
        assertThat(command(with(data("old"), from.settings()), "export", archive()))
                .as(said())
                .isZero();
    }

    @Test
    void a_server_moves_to_another_postgresql_of_another_major_version_and_back() throws Exception {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "the earlier programs are x86-64's");
        int newest = Collections.max(SchemaUpgradeTest.versions());
        try (var previous = LocalPostgres.startPrevious(directory.resolve("previous"))) {
            var seventeen = previous.database();
            assertThat(seventeen.query("SHOW server_version")).startsWith("17.");
            exported(seventeen, newest);
            var eighteen = postgres.database();
            assertThat(command(with(data("new"), eighteen.settings()), "import", archive()))
                    .as(said())
                    .isZero();
            assertThat(eighteen.query("SELECT count(*) FROM host_history_2026_11"))
                    .isEqualTo("1");
            try (var server = TestServer.start(directory.resolve("new"), eighteen.settings())) {
                Fixture.checkShownBy(server, newest);
            }
            assertThat(command(with(data("new"), eighteen.settings()), "export", archive()))
                    .as(said())
                    .isZero();
            assertThat(command(with(data("back"), previous.database().settings()), "import", archive()))
                    .as(said())
                    .isZero();
        }
    }

    @Test
    void a_damaged_archive_changes_nothing() throws Exception {
        exported(postgres.database(), 1);
        byte[] whole = Files.readAllBytes(Path.of(archive()));
        var target = postgres.database();
        // One damage of each kind: of a row, of a file, of an order, of the end.
        for (byte[] damaged : List.of(
                replaced(whole, "web-1", "web-2"),
                replaced(whole, "no certificate", "a  certificate"),
                replaced(whole, "\"schema\":\"1\"", "\"schema\":\"9\""),
                replaced(whole, "bundles/", "bundled/"),
                Arrays.copyOf(whole, whole.length / 2),
                Arrays.copyOf(whole, whole.length - 11 * 1024),
                new byte[5000])) {
            Files.write(Path.of(archive()), damaged);
            log.reset();
            assertThat(command(with(data("new"), target.settings()), "import", archive()))
                    .as(said())
                    .isEqualTo(1);
            assertThat(said()).contains("archive");
            assertThat(target.query("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"))
                    .as(said())
                    .isEqualTo("0");
            try (var left = Files.walk(directory.resolve("new"))) {
                assertThat(left.filter(Files::isRegularFile)).allMatch(file -> file.endsWith("lock"));
            }
        }
        Files.write(Path.of(archive()), whole);
        assertThat(command(with(data("new"), target.settings()), "import", archive()))
                .as(said())
                .isZero();
    }

    private static byte[] replaced(byte[] in, String what, String by) {
        String text = new String(in, ISO_8859_1);
        assertThat(text).contains(what);
        assertThat(by).hasSameSizeAs(what);
        int at = text.indexOf(what);
        return (text.substring(0, at) + by + text.substring(at + what.length())).getBytes(ISO_8859_1);
    }

    @Test
    void nothing_is_imported_over_anything() throws Exception {
        var used = postgres.database();
        exported(used, 1);
        assertThat(command(with(data("new"), used.settings()), "import", archive()))
                .isEqualTo(1);
        assertThat(said()).contains("the database is not empty");
        assertThat(used.query("SELECT count(*) FROM host")).isEqualTo("1");
        assertThat(command(with(data("old"), postgres.database().settings()), "import", archive()))
                .isEqualTo(1);
        assertThat(said()).contains("is not empty: it holds").contains("former.pem");
        assertThat(directory.resolve("old/trust.d/former.pem")).exists();
    }

    /** Elsewhere the database itself takes back what was not committed. */
    @Test
    @EmbeddedOnly
    void what_a_killed_import_has_left_keeps_servers_away_and_the_next_import_clears_it() throws Exception {
        exported(postgres.database(), 1);
        assertThat(command(server("new"), "import", archive())).as(said()).isZero();
        Files.write(directory.resolve("new/import.unfinished"), new byte[0]);
        Files.delete(directory.resolve("new/trust.d/former.pem"));
        assertThatThrownBy(() -> TestServer.start(directory.resolve("new"), List.of()))
                .rootCause()
                .hasMessageContaining("has not come to its end");
        assertThat(command(server("new"), "import", archive())).as(said()).isZero();
        try (var server = TestServer.start(directory.resolve("new"), List.of())) {
            Fixture.checkShownBy(server, 1);
        }
        assertThat(directory.resolve("new/trust.d/former.pem")).exists();
    }

    @Test
    void a_bundle_that_the_store_has_lost_is_named_and_the_rest_exported() throws Exception {
        var database = postgres.database();
        exported(database, 1);
        try (var bundles = Files.newDirectoryStream(directory.resolve("old/bundles"), "*.rlb")) {
            for (Path bundle : bundles) {
                Files.writeString(bundle, "something else");
            }
        }
        assertThat(command(with(data("old"), database.settings()), "export", archive()))
                .isEqualTo(3);
        assertThat(said()).contains("DAMAGED").contains("INCOMPLETE: the files of 1 published bundles");
        assertThat(command(with(data("new"), postgres.database().settings()), "import", archive()))
                .as(said())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"export", "import"})
    void a_command_without_its_file_says_how_it_is_used(String name) throws Exception {
        assertThat(command(data("new"), name)).isEqualTo(64);
        assertThat(command(data("new"), name, "a", "b")).isEqualTo(64);
        assertThat(said()).contains("Usage: rebootless-server export FILE|-");
        assertThat(command(data("new"), name, "--help")).isZero();
        assertThat(directory.resolve("new")).doesNotExist();
    }

    @Test
    void a_server_that_is_not_there_is_not_exported_as_an_empty_one() throws Exception {
        assertThat(command(data("nowhere"), "export", archive())).isEqualTo(1);
        assertThat(said()).contains("does not exist");
        Files.createDirectories(directory.resolve("empty"));
        assertThat(command(data("empty"), "export", archive())).isEqualTo(1);
        assertThat(said()).contains("there is no database in");
        assertThat(Path.of(archive())).doesNotExist();
    }

    @Test
    void a_place_where_no_archive_can_be_written_or_is_found_is_named() throws Exception {
        Path nowhere = directory.resolve("nowhere/backup.tar");
        assertThat(command(data("old"), "export", nowhere.toString())).isEqualTo(1);
        assertThat(said())
                .contains("the directory %s does not exist".formatted(directory.resolve("nowhere")))
                .doesNotContain("Exception");
        assertThat(command(data("old"), "export", directory.toString())).isEqualTo(1);
        assertThat(said()).contains(directory + " is a directory");
        assertThat(command(data("new"), "import", nowhere.toString())).isEqualTo(1);
        assertThat(said()).contains(nowhere + ": no such file").doesNotContain("Exception");
        assertThat(directory.resolve("new")).doesNotExist();
    }
}
