package io.rebootless.server.audit;

import io.rebootless.audit.AuditChain;
import io.rebootless.audit.AuditEntry;
import io.rebootless.audit.AuditEntry.Recorded;
import io.rebootless.audit.AuditHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Numbers committed entries without gaps and chains them, one server at a time. Each entry is put on the list of those
 * to be sealed by its own transaction, so that it appears there when it commits, however late.
 */
@Component
final class Sealer {
    private static final Logger LOG = LoggerFactory.getLogger(Sealer.class);
    private static final int BATCH = 500;

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;
    private final AuditEntries entries;
    private final TransactionTemplate transaction;

    Sealer(JdbcClient jdbc, JdbcTemplate batches, AuditEntries entries, PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.batches = batches;
        this.entries = entries;
        this.transaction = new TransactionTemplate(transactions);
    }

    /** What cannot be sealed now is sealed the next time. */
    @Scheduled(fixedDelay = 500, timeUnit = TimeUnit.MILLISECONDS)
    void seal() {
        try {
            while (Boolean.TRUE.equals(transaction.execute(status -> inTurn() && sealSome()))) {
                LOG.debug("more entries are to be sealed");
            }
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("audit entries cannot be sealed yet: {}", e.getMessage());
        }
    }

    /** Another server that is at it does the work. */
    private boolean inTurn() {
        return jdbc.sql("SELECT pg_try_advisory_xact_lock(hashtextextended('seal the audit log', 0))")
                .query(Boolean.class)
                .single();
    }

    /**
     * An act that awaits its seal.
     *
     * @param sealed it has one, and came to the list again: a copy of another database was put into this one
     */
    private record Waiting(long id, boolean sealed, Recorded act) {}

    private boolean sealSome() {
        List<Waiting> waiting = jdbc.sql("SELECT e.id, c.entry_id IS NOT NULL AS sealed, " + AuditEntries.ACT + """
                         FROM audit_unsealed u
                         JOIN audit_entry e ON e.id = u.entry_id
                         LEFT JOIN audit_chain c ON c.entry_id = u.entry_id
                         ORDER BY u.entry_id LIMIT :batch
                        """)
                .param("batch", BATCH)
                .query((row, number) -> new Waiting(row.getLong("id"), row.getBoolean("sealed"), AuditEntries.act(row)))
                .list();
        if (waiting.isEmpty()) {
            return false;
        }
        record Link(AuditEntry entry, long id) {}
        var links = new ArrayList<Link>();
        AuditHead head = entries.head();
        for (Waiting next : waiting) {
            if (!next.sealed()) {
                var entry = AuditChain.seal(head, next.act());
                links.add(new Link(entry, next.id()));
                head = entry.head();
            }
        }
        batches.batchUpdate(
                "INSERT INTO audit_chain (sequence, entry_id, hash) VALUES (?, ?, ?)",
                links,
                BATCH,
                (statement, link) -> {
                    statement.setLong(1, link.entry().sequence());
                    statement.setLong(2, link.id());
                    statement.setString(3, link.entry().hash().hex());
                });
        Long[] done = waiting.stream().map(Waiting::id).toArray(Long[]::new);
        batches.update(
                "DELETE FROM audit_unsealed WHERE entry_id = ANY (?)",
                statement -> statement.setArray(
                        1, Objects.requireNonNull(statement.getConnection()).createArrayOf("bigint", done)));
        return waiting.size() == BATCH;
    }
}
