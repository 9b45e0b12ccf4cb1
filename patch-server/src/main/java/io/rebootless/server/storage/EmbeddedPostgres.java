package io.rebootless.server.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;

/**
 * A PostgreSQL of the server's own: real binaries, a persistent data directory, fsync on, loopback only, password by
 * SCRAM. It starts before the connection pool and stops after it; if it ends in between, it is started again where it
 * was, so that the pool finds it.
 */
final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final Duration STOPPING = Duration.ofMinutes(2);
    private static final String DATABASE = "rebootless";

    private final PostgresCluster cluster;
    private final Postmaster postmaster;
    private final Thread supervisor;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final int port;

    /**
     * Starts it, making it first if need be.
     *
     * @param directory of the programs, the data and the password
     * @param wantedPort 0 for a free one
     */
    EmbeddedPostgres(Path directory, int wantedPort) throws IOException, InterruptedException {
        this(PostgresBinaries.unpack(directory), directory, wantedPort);
    }

    private EmbeddedPostgres(Path programs, Path directory, int wantedPort) throws IOException, InterruptedException {
        this(new PostgresCluster(programs, directory), directory, wantedPort);
        PostgresBinaries.removeOthers(programs);
    }

    /** The same for a cluster by other programs. */
    EmbeddedPostgres(PostgresCluster cluster, Path directory, int wantedPort) throws IOException, InterruptedException {
        this.cluster = cluster;
        cluster.create();
        cluster.stopOrphan();
        this.postmaster = new Postmaster(cluster, directory.resolve("postgres.log"), closing);
        var started = new CompletableFuture<Postmaster.Running>();
        // The kernel sends the parent-death signal when the *thread* that forked ends: this one starts PostgreSQL, and
        // lives as long as it does.
        this.supervisor = new Thread(() -> supervise(wantedPort, started), "postgres-supervisor");
        supervisor.setDaemon(true);
        supervisor.start();
        this.port = await(started).port();
        try {
            createDatabase();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Postmaster.Running await(CompletableFuture<Postmaster.Running> started)
            throws IOException, InterruptedException {
        try {
            return started.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private void supervise(int wantedPort, CompletableFuture<Postmaster.Running> started) {
        Postmaster.Running running;
        try {
            running = postmaster.start(wantedPort);
            started.complete(running);
        } catch (IOException | RuntimeException | InterruptedException e) {
            started.completeExceptionally(e);
            return;
        }
        try {
            while (true) {
                int status = running.process().waitFor();
                if (closing.getCount() == 0) {
                    return;
                }
                LOG.error(
                        "the embedded PostgreSQL has ended unexpectedly (exit status {}); {} may say why. It is started"
                                + " again.",
                        status,
                        postmaster.log());
                running = startAgain(running.port());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tries until it runs, ever more slowly: what is in its way, a full disk say, goes without our doing. */
    private Postmaster.Running startAgain(int samePort) throws InterruptedException {
        for (int failures = 0; ; failures++) {
            if (closing.await(RestartDelay.after(failures).toMillis(), TimeUnit.MILLISECONDS)) {
                throw new InterruptedException("closing");
            }
            try {
                Postmaster.Running running = postmaster.start(samePort);
                LOG.warn("the embedded PostgreSQL runs again");
                return running;
            } catch (IOException | RuntimeException e) {
                LOG.error("the embedded PostgreSQL cannot be started again yet: {}", e.getMessage());
            }
        }
    }

    private void createDatabase() {
        try (var connection = DriverManager.getConnection(url("postgres"), PostgresCluster.USER, password());
                var statement = connection.createStatement()) {
            boolean exists;
            try (var found =
                    statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '%s'".formatted(DATABASE))) {
                exists = found.next();
            }
            if (!exists) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
        } catch (SQLException | IOException e) {
            throw new IllegalStateException("the embedded PostgreSQL refuses its own server", e);
        }
    }

    String url() {
        return url(DATABASE);
    }

    private String url(String database) {
        return url(port, database);
    }

    static String url(int port) {
        return url(port, DATABASE);
    }

    static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
    }

    String password() throws IOException {
        return cluster.password();
    }

    /** From here on its end is expected: whoever stops the server's process group stops PostgreSQL too. */
    @EventListener(ContextClosedEvent.class)
    void closing() {
        closing.countDown();
    }

    @Override
    public void close() throws IOException {
        closing();
        try {
            cluster.stopOrphan();
            supervisor.join(STOPPING.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while PostgreSQL stopped", e);
        }
    }
}
