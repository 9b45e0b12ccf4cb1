package io.rebootless.server.storage;

import io.rebootless.server.settings.BadSettingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL of the server's own: real binaries, a persistent data directory, fsync on, loopback only, password by
 * SCRAM. It starts before the connection pool and stops after it.
 */
final class EmbeddedPostgres implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DATABASE = "rebootless";
    private static final int ATTEMPTS = 3;

    private final PostgresCluster cluster;
    private final Path log;
    private final String password;
    private final int port;
    private final Process process;

    /**
     * Starts it, making it first if need be.
     *
     * @param directory of the programs, the data and the password
     * @param wantedPort 0 for a free one
     */
    EmbeddedPostgres(Path directory, int wantedPort) throws IOException, InterruptedException {
        this.cluster = new PostgresCluster(PostgresBinaries.unpack(directory), directory);
        this.log = directory.resolve("postgres.log");
        cluster.create();
        cluster.stopOrphan();
        this.password = cluster.password();
        if (Files.exists(log)) {
            Files.move(log, directory.resolve("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
        Running running = start(wantedPort);
        this.port = running.port();
        this.process = running.process();
        createDatabase();
    }

    private record Running(int port, Process process) {}

    private Running start(int wantedPort) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            int port = wantedPort == 0 ? freePort() : wantedPort;
            Process process = launch(port);
            if (ready(process, port)) {
                return new Running(port, process);
            }
            // Between finding a free port and using it somebody else may have taken it.
            if (wantedPort != 0 || attempt == ATTEMPTS) {
                throw new BadSettingException(
                        "rebootless.postgres: the embedded PostgreSQL does not start on port " + port,
                        "%s says why. If the port is taken, set rebootless.postgres.port; as root, user namespaces must be allowed, or run the server as another user."
                                .formatted(log));
            }
        }
    }

    /**
     * Launches from a thread that lives as long as the process: the kernel sends the parent-death signal when the
     * <em>thread</em> that forked ends.
     */
    private Process launch(int port) throws IOException, InterruptedException {
        var launched = new CountDownLatch(1);
        var process = new AtomicReference<@Nullable Process>();
        var failure = new AtomicReference<@Nullable IOException>();
        var parent = new Thread(
                () -> {
                    try {
                        Process started = new ProcessBuilder(cluster.postmaster(port))
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                                .start();
                        process.set(started);
                        launched.countDown();
                        started.waitFor();
                    } catch (IOException e) {
                        failure.set(e);
                        launched.countDown();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "postgres-parent");
        parent.setDaemon(true);
        parent.start();
        launched.await();
        Process started = process.get();
        if (started == null) {
            throw new IOException("PostgreSQL cannot be executed", failure.get());
        }
        return started;
    }

    private boolean ready(Process starting, int port) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - deadline < 0) {
            if (!starting.isAlive()) {
                return false;
            }
            try (Connection connection =
                    DriverManager.getConnection(url(port, "postgres"), PostgresCluster.USER, password)) {
                return connection.isValid(1);
            } catch (SQLException notYet) {
                starting.waitFor(100, TimeUnit.MILLISECONDS);
            }
        }
        starting.destroy();
        return false;
    }

    private void createDatabase() {
        try (var connection = DriverManager.getConnection(url(port, "postgres"), PostgresCluster.USER, password);
                var statement = connection.createStatement()) {
            boolean exists;
            try (var found =
                    statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '%s'".formatted(DATABASE))) {
                exists = found.next();
            }
            if (!exists) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the embedded PostgreSQL refuses its own server", e);
        }
    }

    String url() {
        return url(port, DATABASE);
    }

    String password() {
        return password;
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        if (!process.isAlive()) {
            return;
        }
        try {
            cluster.stop();
            process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while PostgreSQL stopped", e);
        }
    }
}
