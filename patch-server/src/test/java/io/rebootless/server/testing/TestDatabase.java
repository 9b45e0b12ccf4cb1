package io.rebootless.server.testing;

import io.rebootless.bundle.Sha256;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * The database of the server that tests share: the one that {@link #ELSEWHERE} names, in a container where a Docker
 * engine answers, else the embedded one; says which.
 */
final class TestDatabase implements AutoCloseable {
    /**
     * Names another PostgreSQL for the whole suite, such as {@code
     * jdbc:postgresql://127.0.0.1:5499/postgres?user=postgres}: its user may make databases, of which each server that a
     * test starts gets one.
     */
    static final String ELSEWHERE = "rebootless.test.postgres";

    /** Names the same PostgreSQL as {@link #ELSEWHERE} with a superuser, for tests that do what only that one can. */
    static final String SUPERUSER = "rebootless.test.postgres.superuser";

    private final PostgreSQLContainer container = new PostgreSQLContainer("postgres:18");
    private final boolean docker = elsewhere().isEmpty() && engineAnswers();

    TestDatabase() {
        if (docker) {
            container.start();
        }
        System.out.println("PostgreSQL for the tests: "
                + (docker
                        ? "a container"
                        : elsewhere().isEmpty()
                                ? "embedded (no Docker engine answers)"
                                : URI.create(elsewhere().substring("jdbc:".length()))
                                        .getAuthority()));
    }

    List<String> settings() {
        return docker
                ? List.of(
                        "--spring.datasource.url=" + container.getJdbcUrl(),
                        "--spring.datasource.username=" + container.getUsername(),
                        "--spring.datasource.password=" + container.getPassword())
                : List.of();
    }

    /**
     * For a server on a data directory, unless its settings name a database: nothing, or a database elsewhere that is
     * the directory's own, so that a server that starts there again finds what it has left.
     */
    static List<String> settingsFor(Path data, List<String> settings) {
        if (elsewhere().isEmpty() || settings.stream().anyMatch(set -> set.startsWith("--spring.datasource.url="))) {
            return List.of();
        }
        String name = "test_"
                + Sha256.of(data.toString().getBytes(StandardCharsets.UTF_8)).brief();
        try (var connection = DriverManager.getConnection(elsewhere());
                var statement = connection.createStatement()) {
            boolean exists;
            try (var found = statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '%s'".formatted(name))) {
                exists = found.next();
            }
            if (!exists) {
                statement.execute("CREATE DATABASE " + name);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("no database at " + ELSEWHERE, e);
        }
        return List.of("--spring.datasource.url=" + inDatabase(elsewhere(), name));
    }

    /**
     * Another connection to the database that a server uses, as a superuser: of itself, where the server is one.
     *
     * @throws IllegalStateException if the suite runs elsewhere and nobody has said who is superuser there
     */
    static DataSource asSuperuser(JdbcConnectionDetails server) {
        if (elsewhere().isEmpty()) {
            return new DriverManagerDataSource(
                    server.getJdbcUrl(), String.valueOf(server.getUsername()), String.valueOf(server.getPassword()));
        }
        String superuser = System.getProperty(SUPERUSER, "");
        if (superuser.isEmpty()) {
            throw new IllegalStateException("set " + SUPERUSER + " as scripts/check-postgres does");
        }
        String name = server.getJdbcUrl().replaceFirst("^.*/([^/?]*)(\\?.*)?$", "$1");
        return new DriverManagerDataSource(inDatabase(superuser, name));
    }

    private static String inDatabase(String url, String name) {
        return url.replaceFirst("/[^/?]*(?=\\?|$)", "/" + name);
    }

    private static String elsewhere() {
        return System.getProperty(ELSEWHERE, "");
    }

    private static boolean engineAnswers() {
        try {
            return DockerClientFactory.instance().isDockerAvailable();
        } catch (RuntimeException none) {
            return false;
        }
    }

    @Override
    public void close() {
        container.stop();
    }
}
