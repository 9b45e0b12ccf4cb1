package io.rebootless.server.storage;

import io.rebootless.server.settings.BadSettingException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Starts PostgreSQL's main process and waits until it takes connections. */
final class Postmaster {
    /** For a first sign of life on a busy machine. A recovery that is under way is given all the time it takes. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);

    /** Enough for the processes of a killed postmaster to see that they are orphans, and for a port lost to a rival. */
    private static final int ATTEMPTS = 8;

    private static final String STARTING_UP = "57P03";
    private static final String WRONG_PASSWORD = "28P01";
    private static final long MAX_LOG_BYTES = 16 << 20;

    private final PostgresCluster cluster;
    private final Path log;
    private final CountDownLatch closing;

    /**
     * Starts nothing yet.
     *
     * @param closing at zero nobody waits for it any more
     */
    Postmaster(PostgresCluster cluster, Path log, CountDownLatch closing) {
        this.cluster = cluster;
        this.log = log;
        this.closing = closing;
    }

    record Running(int port, Process process) {}

    Path log() {
        return log;
    }

    /**
     * Starts it. The calling thread must live as long as the process.
     *
     * @param wantedPort 0 for a free one
     * @throws BadSettingException if the port is taken, the password is another cluster's, or it just does not start
     */
    Running start(int wantedPort) throws IOException, InterruptedException {
        rotateLog();
        for (int attempt = 1; ; attempt++) {
            int port = wantedPort == 0 ? freePort() : wantedPort;
            checkFree(port);
            Process process = new ProcessBuilder(cluster.postmaster(port))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            if (ready(process, port)) {
                return new Running(port, process);
            }
            if (attempt == ATTEMPTS || closing.await(BETWEEN_ATTEMPTS.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new BadSettingException(
                        "rebootless.postgres: the embedded PostgreSQL does not start on port " + port,
                        "%s says why. As root, user namespaces must be allowed, or run the server as another user."
                                .formatted(log));
            }
        }
    }

    private void rotateLog() throws IOException {
        if (Files.exists(log) && Files.size(log) > MAX_LOG_BYTES) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private boolean ready(Process starting, int port) throws IOException, InterruptedException {
        String password = cluster.password();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - deadline < 0 && closing.getCount() > 0) {
            if (!starting.isAlive()) {
                return false;
            }
            try (var connection = DriverManager.getConnection(
                    EmbeddedPostgres.url(port, "postgres"), PostgresCluster.USER, password)) {
                return connection.isValid(1);
            } catch (SQLException e) {
                if (WRONG_PASSWORD.equals(e.getSQLState())) {
                    end(starting);
                    throw new BadSettingException(
                            cluster.passwordFile() + ": the embedded PostgreSQL has another password",
                            "Bring back the file that belongs to the cluster beside it.",
                            e);
                }
                if (STARTING_UP.equals(e.getSQLState())) {
                    deadline = System.nanoTime() + PATIENCE.toNanos();
                }
                starting.waitFor(100, TimeUnit.MILLISECONDS);
            }
        }
        end(starting);
        return false;
    }

    private void end(Process process) throws IOException, InterruptedException {
        cluster.stopOrphan();
        if (!process.waitFor(1, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }

    private static void checkFree(int port) throws IOException {
        try (var socket = new ServerSocket(port, 1, loopback())) {
            socket.getLocalPort();
        } catch (BindException e) {
            throw new BadSettingException(
                    "rebootless.postgres.port: port %d on 127.0.0.1 is taken by another program".formatted(port),
                    "Set rebootless.postgres.port to a free port, or to 0 to have one chosen.",
                    e);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, loopback())) {
            return socket.getLocalPort();
        }
    }

    /** The address that PostgreSQL is told to listen on; Java's own idea of a loopback may be IPv6's. */
    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }
}
