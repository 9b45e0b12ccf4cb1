package io.rebootless.server.fleet;

import io.rebootless.server.audit.Actor;
import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.cluster.Signals;
import io.rebootless.server.fleet.SilenceRule.Listening;
import io.rebootless.server.fleet.SilenceRule.Look;
import io.rebootless.server.fleet.SilenceRule.Verdict;
import io.rebootless.server.settings.Settings;
import io.rebootless.server.sql.Columns;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** Has hosts leave that nobody has heard of for {@code rebootless.fleet.retire-after}. */
@Component
final class SilentHosts {
    private static final Logger LOG = LoggerFactory.getLogger(SilentHosts.class);

    private final JdbcClient jdbc;
    private final AuditLog audit;
    private final Signals signals;
    private final Settings settings;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final TransactionTemplate transaction;
    private Listening listening;

    @Autowired
    SilentHosts(
            JdbcClient jdbc,
            AuditLog audit,
            Signals signals,
            Settings settings,
            Clock clock,
            PlatformTransactionManager transactions) {
        this(jdbc, audit, signals, settings, clock, System::nanoTime, transactions);
    }

    SilentHosts(
            JdbcClient jdbc,
            AuditLog audit,
            Signals signals,
            Settings settings,
            Clock clock,
            LongSupplier nanoTime,
            PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.signals = signals;
        this.settings = settings;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.transaction = new TransactionTemplate(transactions);
        this.listening = Listening.begun(look());
    }

    private Look look() {
        return new Look(clock.instant(), Duration.ofNanos(nanoTime.getAsLong()));
    }

    private record Left(UUID id, String hostname) {}

    /**
     * A server that was off for a month, or asleep, hears its hosts first, and judges them an hour or three polls after.
     * Of several servers each looks; the row's lock makes one of them find it.
     */
    @Scheduled(initialDelay = 15, fixedDelay = 15, timeUnit = TimeUnit.MINUTES)
    void retire() {
        var database = databaseClock();
        switch (decide(database)) {
            case JUDGE -> database.ifPresent(this::retireSilentSince);
            case CLOCK_MOVED ->
                LOG.info("no silent host is taken out for some time: the clock was set, or this machine slept");
            case CLOCK_DIFFERS ->
                LOG.warn(
                        "no silent host is taken out: this server's clock says {}, the database's {}; set them right",
                        clock.instant(),
                        database.map(Object::toString).orElse("nothing"));
            case DATABASE_AWAY -> LOG.warn("no silent host is taken out for some time: the database does not answer");
            case LISTEN -> {}
        }
    }

    private Optional<Instant> databaseClock() {
        try {
            return Optional.of(jdbc.sql("SELECT now()")
                    .query(OffsetDateTime.class)
                    .single()
                    .toInstant());
        } catch (DataAccessException | TransactionException e) {
            LOG.debug("the database's clock is not known", e);
            return Optional.empty();
        }
    }

    private synchronized Verdict decide(Optional<Instant> database) {
        var poll = Duration.ofSeconds(settings.fleet().pollSeconds());
        var outcome = SilenceRule.decide(listening, look(), database, SilenceRule.longEnough(poll));
        listening = outcome.next();
        return outcome.verdict();
    }

    private void retireSilentSince(Instant now) {
        try {
            transaction.executeWithoutResult(status -> retireAll(now));
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("silent hosts are taken out later: {}", e.getMessage());
        }
    }

    private void retireAll(Instant now) {
        var since = now.minus(settings.fleet().retireAfter());
        var left = jdbc.sql("""
                        UPDATE host h SET retired_at = :now
                        WHERE h.retired_at IS NULL AND h.enrolled_at < :since
                          AND NOT EXISTS (SELECT FROM host_seen n WHERE n.host_id = h.id AND n.seen_at >= :since)
                          AND NOT EXISTS (SELECT FROM host_state s WHERE s.host_id = h.id AND s.reported_at >= :since)
                        RETURNING h.id, h.hostname
                        """)
                .param("now", Columns.column(now))
                .param("since", Columns.column(since))
                .query((row, number) -> new Left(row.getObject("id", UUID.class), row.getString("hostname")))
                .list();
        for (Left host : left) {
            audit.record(
                    Actor.server(),
                    AuditAction.HOST_RETIRED,
                    TokenReplacement.subject(host.id()),
                    Map.of("hostname", host.hostname(), "silentSinceBefore", since.toString()));
            signals.send(new Signal(Signal.Topic.HOST, host.id().toString()));
            LOG.info("host {}, {}, has left: it was silent since before {}", host.id(), host.hostname(), since);
        }
    }
}
