package io.rebootless.server.fleet;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.cluster.Signals;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.QuarantineLift;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Lifts what a host has quarantined, when an operator says so: the host is told with every answer to its polls, until a
 * report comes without it.
 */
@Service
final class QuarantineLifting {
    private final JdbcClient jdbc;
    private final HostDirectory directory;
    private final AuditLog audit;
    private final Signals signals;
    private final Clock clock;
    private final TransactionTemplate transaction;

    QuarantineLifting(
            JdbcClient jdbc,
            HostDirectory directory,
            AuditLog audit,
            Signals signals,
            Clock clock,
            PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.directory = directory;
        this.audit = audit;
        this.signals = signals;
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactions);
    }

    private record Known(UUID id, Sha256 bundle, long level, String publication, boolean lifted) {}

    /**
     * Lifts. What is lifted already stays so.
     *
     * @return whether there is such a host
     * @throws io.rebootless.server.problem.ProblemException {@code not-found}, if it has no such quarantine
     */
    boolean lift(UUID host, QuarantineLift request) {
        boolean known = Boolean.TRUE.equals(transaction.execute(status -> {
            boolean member = jdbc.sql("SELECT id FROM host WHERE id = :id AND retired_at IS NULL FOR UPDATE")
                    .param("id", host)
                    .query(UUID.class)
                    .optional()
                    .isPresent();
            if (member) {
                var fresh = meant(host, request).stream()
                        .filter(one -> !one.lifted())
                        .toList();
                fresh.forEach(one -> lift(host, one, request.reason()));
                if (!fresh.isEmpty()) {
                    signals.send(new Signal(Signal.Topic.HOST, host.toString()));
                }
            }
            return member;
        }));
        if (known) {
            directory.reread(host);
        }
        return known;
    }

    private List<Known> meant(UUID host, QuarantineLift request) {
        Sha256 bundle = request.bundle();
        var found = jdbc.sql("""
                        SELECT id, bundle, level, publication, lifted_at IS NOT NULL AS lifted FROM host_quarantine
                        WHERE host_id = :host AND (id = ANY(:ids) OR bundle = :bundle) ORDER BY host_time, id
                        """)
                .param("host", host)
                .param("ids", request.ids().toArray(UUID[]::new))
                .param("bundle", bundle == null ? "" : bundle.hex())
                .query((row, number) -> new Known(
                        row.getObject("id", UUID.class),
                        new Sha256(row.getString("bundle")),
                        row.getLong("level"),
                        row.getString("publication"),
                        row.getBoolean("lifted")))
                .list();
        var missing = new HashSet<>(request.ids());
        found.forEach(one -> missing.remove(one.id()));
        if (!missing.isEmpty() || found.isEmpty()) {
            String what = bundle == null
                    ? "quarantine %s".formatted(missing.iterator().next())
                    : "quarantine of bundle %s".formatted(bundle);
            throw ProblemType.NOT_FOUND.because(
                    "The host has no %s; nothing was lifted.".formatted(what),
                    "GET /api/v1/hosts/{id} shows what it has.");
        }
        return found;
    }

    private void lift(UUID host, Known one, String reason) {
        jdbc.sql("UPDATE host_quarantine SET lifted_at = :now WHERE host_id = :host AND id = :id")
                .param("now", Columns.column(clock.instant()))
                .param("host", host)
                .param("id", one.id())
                .update();
        audit.record(
                AuditAction.HOST_QUARANTINE_LIFTED,
                TokenReplacement.subject(host),
                Map.of(
                        "quarantine", one.id().toString(),
                        "bundle", one.bundle().hex(),
                        "level", one.level(),
                        "publication", one.publication(),
                        "reason", reason));
    }
}
