package io.rebootless.server.cluster;

import io.rebootless.server.settings.Settings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Hears the signals, on a connection and a thread of its own: the pool's connections come and go, and with them what
 * they listen to. A connection that is lost is made anew; what was missed meanwhile nobody can tell, so everybody
 * {@linkplain LinkRestored reads anew}.
 */
@Component
final class Listening implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Listening.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);

    private final JdbcConnectionDetails database;
    private final ApplicationEventPublisher events;
    private final Link link;
    private final Duration patience;
    private volatile @Nullable Thread thread;
    private volatile @Nullable Connection connection;

    Listening(JdbcConnectionDetails database, ApplicationEventPublisher events, Link link, Settings settings) {
        this.database = database;
        this.events = events;
        this.link = link;
        this.patience = settings.cluster().blindAfter().dividedBy(4);
    }

    @Override
    public void start() {
        var fresh = new Thread(this::run, "signals");
        fresh.setDaemon(true);
        thread = fresh;
        fresh.start();
    }

    private void run() {
        BackOffExecution waits = backOff().start();
        while (isRunning()) {
            try (Connection own = connect()) {
                connection = own;
                listen(own);
                waits = backOff().start();
                hear(own);
            } catch (SQLException | RuntimeException e) {
                // Whoever could not react to a signal has missed it, as if it had never arrived.
                if (isRunning()) {
                    LOG.warn("the other servers' changes are not heard of: {}", e.getMessage());
                    pause(waits.nextBackOff());
                }
            }
        }
    }

    /** Listens first, then has everybody read: nothing is committed unheard in between. */
    private void listen(Connection own) throws SQLException {
        long since = link.now();
        try (var statement = own.createStatement()) {
            statement.execute("LISTEN " + Signals.CHANNEL);
        }
        events.publishEvent(new LinkRestored());
        link.proven(since);
        LOG.debug("the other servers' changes are heard of");
    }

    /**
     * Until the connection fails. An answer to a query comes after all notifications of what was committed before it,
     * so each one proves the link; it is asked for on a busy line as well.
     */
    private void hear(Connection own) throws SQLException {
        var notified = own.unwrap(PGConnection.class);
        while (isRunning()) {
            long asked = link.now();
            try (var statement = own.createStatement()) {
                statement.execute("SELECT 1");
            }
            tell(notified.getNotifications());
            link.proven(asked);
            tell(notified.getNotifications(Math.toIntExact(patience.toMillis())));
        }
    }

    private void tell(PGNotification @Nullable [] notifications) {
        if (notifications != null) {
            for (PGNotification notification : notifications) {
                Signal.parse(notification.getParameter()).ifPresent(events::publishEvent);
            }
        }
    }

    private Connection connect() throws SQLException {
        var properties = new Properties();
        String user = database.getUsername();
        String password = database.getPassword();
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        String seconds = Long.toString(Math.max(1, patience.toSeconds()));
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("loginTimeout", seconds);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "rebootless signals");
        Connection fresh = DriverManager.getConnection(database.getJdbcUrl(), properties);
        // A line that was cut without a word does not answer: neither is waited for longer.
        fresh.setNetworkTimeout(Runnable::run, Math.toIntExact(patience.toMillis()));
        return fresh;
    }

    private static ExponentialBackOff backOff() {
        var backOff = new ExponentialBackOff(FIRST_RETRY.toMillis(), 2);
        backOff.setMaxInterval(LAST_RETRY.toMillis());
        backOff.setJitter(FIRST_RETRY.toMillis() / 2);
        return backOff;
    }

    private void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            thread = null;
        }
    }

    /** Ends the connection under the thread that waits on it. */
    @Override
    public void stop() {
        Thread ending = thread;
        thread = null;
        Connection own = connection;
        if (ending == null) {
            return;
        }
        try {
            if (own != null) {
                own.abort(Runnable::run);
            }
            ending.interrupt();
            ending.join(patience.toMillis());
        } catch (SQLException e) {
            LOG.debug("the connection was not there any more", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    /** Before the web server takes requests, after it has taken its last. */
    @Override
    public int getPhase() {
        return 0;
    }
}
