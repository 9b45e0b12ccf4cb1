package io.rebootless.server.storage;

import io.rebootless.server.settings.BadSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The way to the database for a command that is run beside the server or in its place. */
public final class CommandDatabase implements AutoCloseable {
    private final String url;
    private final @Nullable String user;
    private final @Nullable String password;

    /** Started for the command, and stopped after it. */
    private final @Nullable EmbeddedPostgres own;

    private CommandDatabase(
            String url, @Nullable String user, @Nullable String password, @Nullable EmbeddedPostgres own) {
        this.url = url;
        this.user = user;
        this.password = password;
        this.own = own;
    }

    /** The embedded PostgreSQL of a server that is running on this data directory, if one is. */
    public static Optional<CommandDatabase> ofRunningServer(Path directory) throws IOException {
        Path postgres = DataDirectory.postgres(directory);
        Path password = postgres.resolve("password");
        return PostmasterFile.living(PostgresCluster.data(postgres)).map(running -> embedded(running, password));
    }

    private static CommandDatabase embedded(PostmasterFile running, Path password) {
        try {
            return new CommandDatabase(
                    EmbeddedPostgres.url(running.port()),
                    PostgresCluster.USER,
                    Files.readString(password).strip(),
                    null);
        } catch (IOException e) {
            throw new BadSettingException(
                    password + " cannot be read", "Run the command as the user that runs the server.", e);
        }
    }

    /** Whether there is an embedded cluster here that has been used. */
    public static boolean embeddedExists(Path directory) {
        return Files.isDirectory(PostgresCluster.data(DataDirectory.postgres(directory)));
    }

    /** Removes the embedded cluster from a data directory, and whatever is running on it. */
    public static void removeEmbedded(DataDirectory data) throws IOException, InterruptedException {
        Path postgres = data.postgres();
        if (embeddedExists(data.root())) {
            new PostgresCluster(PostgresBinaries.unpack(postgres), postgres).stopOrphan();
        }
        PrivateFile.deleteTree(PostgresCluster.data(postgres));
        Files.deleteIfExists(postgres.resolve("password"));
    }

    /**
     * Starts the embedded PostgreSQL in a data directory, making it first if need be.
     *
     * @param port 0 for a free one
     */
    public static CommandDatabase embedded(DataDirectory data, int port) throws IOException, InterruptedException {
        var postgres = new EmbeddedPostgres(data.postgres(), port);
        return new CommandDatabase(postgres.url(), PostgresCluster.USER, postgres.password(), postgres);
    }

    /** A PostgreSQL that is nobody's child here. */
    public static CommandDatabase other(String url, @Nullable String user, @Nullable String password) {
        return new CommandDatabase(url, user, password, null);
    }

    public String url() {
        return url;
    }

    public @Nullable String user() {
        return user;
    }

    public @Nullable String password() {
        return password;
    }

    /** One connection, the caller's to close. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    @Override
    public void close() throws IOException {
        if (own != null) {
            own.close();
        }
    }
}
