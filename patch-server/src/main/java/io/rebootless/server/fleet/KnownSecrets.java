package io.rebootless.server.fleet;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.access.FailedAttempts;
import io.rebootless.server.cluster.LinkRestored;
import io.rebootless.server.cluster.Signal;
import jakarta.annotation.PreDestroy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Vouches for the tokens of all hosts and for the enrolment keys, before the first flood of others: none of them waits
 * for a limit. What any server makes is read when it tells of it, on a thread of its own, so that signals do not wait
 * for the database.
 */
@Component
final class KnownSecrets {
    private static final Logger LOG = LoggerFactory.getLogger(KnownSecrets.class);

    private static final String TOKENS = "SELECT id, token_hash, next_token_hash FROM host WHERE retired_at IS NULL ";
    private static final String KEYS = "SELECT id, key_hash FROM enrollment_key WHERE expires_at > now() ";

    private final JdbcClient jdbc;
    private final FailedAttempts failures;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
                var reading = new Thread(task, "secrets");
                reading.setDaemon(true);
                return reading;
            },
            // What is told while the server stops.
            new ThreadPoolExecutor.DiscardPolicy());

    KnownSecrets(JdbcClient jdbc, FailedAttempts failures) {
        this.jdbc = jdbc;
        this.failures = failures;
    }

    private record Owned(UUID owner, Set<Sha256> secrets) {
        static Owned host(ResultSet row) throws SQLException {
            var secrets = new HashSet<>(Set.of(new Sha256(row.getString("token_hash"))));
            String next = row.getString("next_token_hash");
            if (next != null) {
                secrets.add(new Sha256(next));
            }
            return new Owned(row.getObject("id", UUID.class), secrets);
        }

        static Owned key(ResultSet row) throws SQLException {
            return new Owned(row.getObject("id", UUID.class), Set.of(new Sha256(row.getString("key_hash"))));
        }
    }

    /** One reading at a time, here and below: an older one must not win over a newer one. */
    @EventListener(ApplicationStartedEvent.class)
    synchronized void readAll() {
        // Not as a stream, which would keep its connection to the database until somebody closes it.
        vouch(jdbc.sql(TOKENS).query((row, number) -> Owned.host(row)).list());
        vouch(jdbc.sql(KEYS).query((row, number) -> Owned.key(row)).list());
    }

    synchronized void readHost(UUID id) {
        var host = jdbc.sql(TOKENS + "AND id = :id")
                .param("id", id)
                .query((row, number) -> Owned.host(row))
                .list();
        vouch(host.isEmpty() ? List.of(new Owned(id, Set.of())) : host);
    }

    private synchronized void readKey(UUID id) {
        vouch(jdbc.sql(KEYS + "AND id = :id")
                .param("id", id)
                .query((row, number) -> Owned.key(row))
                .list());
    }

    private void vouch(List<Owned> all) {
        all.forEach(one -> failures.vouch(one.owner(), one.secrets()));
    }

    @EventListener
    void on(Signal signal) {
        switch (signal.topic()) {
            case HOST -> later(() -> readHost(UUID.fromString(signal.id())));
            case ENROLLMENT_KEY -> later(() -> readKey(UUID.fromString(signal.id())));
            case CATALOG, API_KEY, HOLD, GROUP -> {}
        }
    }

    /** Nobody knows what was missed. */
    @EventListener(LinkRestored.class)
    void restored() {
        later(this::readAll);
    }

    private void later(Runnable reading) {
        thread.execute(() -> {
            try {
                reading.run();
            } catch (DataAccessException e) {
                LOG.warn("new tokens and keys wait for their turn among unknown ones: {}", e.getMessage());
            }
        });
    }

    @PreDestroy
    void stop() {
        thread.shutdownNow();
    }
}
