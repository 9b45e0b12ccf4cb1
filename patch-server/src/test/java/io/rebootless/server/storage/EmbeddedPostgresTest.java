package io.rebootless.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.server.settings.BadSettingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The embedded PostgreSQL has none of the weaknesses that embedded PostgreSQLs made for tests have. */
class EmbeddedPostgresTest {
    @TempDir
    static Path directory;

    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void start() throws Exception {
        postgres = new EmbeddedPostgres(directory, 0);
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
        assertThat(PostmasterFile.living(PostgresCluster.data(directory))).isEmpty();
    }

    private static List<String> column(String sql) throws SQLException, IOException {
        try (var connection = DriverManager.getConnection(postgres.url(), PostgresCluster.USER, postgres.password());
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var values = new ArrayList<String>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "fsync, on",
        "full_page_writes, on",
        "synchronous_commit, on",
        "data_checksums, on",
        "listen_addresses, 127.0.0.1",
        "unix_socket_directories, ''",
        "password_encryption, scram-sha-256"
    })
    void what_is_committed_is_on_the_disk_and_only_this_machine_gets_to_it(String setting, String value)
            throws Exception {
        assertThat(column("SHOW " + setting)).containsExactly(value);
    }

    @Test
    void nobody_gets_in_without_the_password() throws Exception {
        assertThat(column("SELECT DISTINCT auth_method FROM pg_hba_file_rules")).containsExactly("scram-sha-256");
        for (String user : List.of(PostgresCluster.USER, "postgres", "root", "nobody", "")) {
            for (String password : List.of("", "wrong", user)) {
                var login = new Properties();
                login.setProperty("user", user);
                login.setProperty("password", password);
                assertThatThrownBy(() -> DriverManager.getConnection(postgres.url(), login)
                                .close())
                        .as("user \"%s\", password \"%s\"", user, password)
                        .isInstanceOf(SQLException.class);
            }
        }
    }

    @Test
    void the_password_is_in_one_file_that_only_the_server_reads_and_on_no_command_line() throws Exception {
        Path file = directory.resolve("password");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(PostgresCluster.data(directory))))
                .isEqualTo("rwx------");
        String password = Files.readString(file).strip();
        assertThat(password).hasSizeGreaterThanOrEqualTo(48);
        long pid = PostmasterFile.living(PostgresCluster.data(directory))
                .orElseThrow()
                .pid();
        for (String what : List.of("cmdline", "environ")) {
            assertThat(Files.readString(Path.of("/proc", "" + pid, what), StandardCharsets.ISO_8859_1))
                    .doesNotContain(password);
        }
    }

    @Test
    void a_killed_postmaster_comes_back_where_it_was_with_all_that_was_committed() throws Exception {
        try (var connection = DriverManager.getConnection(postgres.url(), PostgresCluster.USER, postgres.password());
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE kept AS SELECT 'committed' AS word");
        }
        for (int round = 0; round < 2; round++) {
            long pid = PostmasterFile.living(PostgresCluster.data(directory))
                    .orElseThrow()
                    .pid();
            ProcessHandle killed = ProcessHandle.of(pid).orElseThrow();
            killed.destroyForcibly();
            killed.onExit().get(60, TimeUnit.SECONDS);
            assertThat(eventually("SELECT word FROM kept")).containsExactly("committed");
        }
    }

    private static List<String> eventually(String sql) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (true) {
            try {
                return column(sql);
            } catch (SQLException notYet) {
                if (System.nanoTime() - deadline > 0) {
                    throw notYet;
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    @Test
    void a_port_that_another_program_has_ends_the_start_by_its_setting(@TempDir Path other) throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> new EmbeddedPostgres(other, taken.getLocalPort()))
                    .isInstanceOf(BadSettingException.class)
                    .hasMessage("rebootless.postgres.port: port %d on 127.0.0.1 is taken by another program"
                            .formatted(taken.getLocalPort()));
        }
    }

    @Test
    void a_cluster_of_another_major_version_is_never_passed_over_for_an_empty_one(@TempDir Path other)
            throws Exception {
        Files.createDirectories(other.resolve("17"));
        assertThatThrownBy(() -> new EmbeddedPostgres(other, 0))
                .isInstanceOf(BadSettingException.class)
                .hasMessageContaining("was made by PostgreSQL 17");
        assertThat(PostgresCluster.data(other)).doesNotExist();
    }

    @Test
    void a_password_of_another_cluster_is_told_from_a_postgresql_that_does_not_start(@TempDir Path other)
            throws Exception {
        new EmbeddedPostgres(other, 0).close();
        Files.writeString(other.resolve("password"), "something else");
        assertThatThrownBy(() -> new EmbeddedPostgres(other, 0))
                .isInstanceOf(BadSettingException.class)
                .hasMessageContaining("has another password");
        assertThat(PostmasterFile.living(PostgresCluster.data(other))).isEmpty();
    }

    @Test
    void programs_are_there_for_two_machines_and_once_for_each_version_of_the_server(@TempDir Path other)
            throws Exception {
        for (String machine : List.of("linux-x86_64", "linux-arm_64")) {
            assertThat(getClass().getResource("/postgres-%s.txz".formatted(machine)))
                    .as(machine)
                    .isNotNull();
        }
        for (String machine :
                List.of("windows-x86_64", "darwin-x86_64", "darwin-arm_64", "linux-x86_64-alpine_linux")) {
            assertThat(getClass().getResource("/postgres-%s.txz".formatted(machine)))
                    .as(machine)
                    .isNull();
        }
        Files.createDirectories(other.resolve("programs-000000000000/bin"));
        Files.createDirectories(other.resolve("programs-111111111111.new"));
        new EmbeddedPostgres(other, 0).close();
        try (var present = Files.newDirectoryStream(other, "programs-*")) {
            assertThat(present).hasSize(1);
        }
    }

    /** Runs one until it is killed. */
    public static final class Victim {
        private Victim() {}

        public static void main(String[] args) throws Exception {
            var running = new EmbeddedPostgres(Path.of(args[0]), 0);
            System.out.println(running.url());
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    @Test
    void a_killed_server_takes_its_postgresql_along(@TempDir Path other) throws Exception {
        Process victim = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        other.toString())
                .redirectErrorStream(true)
                .start();
        ProcessHandle orphan;
        try {
            String line;
            do {
                line = victim.inputReader().readLine();
            } while (line != null && !line.startsWith("jdbc:"));
            assertThat(line).startsWith("jdbc:");
            orphan = ProcessHandle.of(PostmasterFile.living(PostgresCluster.data(other))
                            .orElseThrow()
                            .pid())
                    .orElseThrow();
        } finally {
            victim.destroyForcibly();
        }
        orphan.onExit().get(60, TimeUnit.SECONDS);
        new EmbeddedPostgres(other, 0).close();
    }
}
