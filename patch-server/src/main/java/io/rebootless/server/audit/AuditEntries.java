package io.rebootless.server.audit;

import io.rebootless.audit.AuditEntry;
import io.rebootless.audit.AuditEntry.Recorded;
import io.rebootless.audit.AuditHead;
import io.rebootless.bundle.Sha256;
import io.rebootless.server.sql.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The sealed entries, read from the database. */
@Component
final class AuditEntries {
    /** What an act is made of, of {@code audit_entry e}. */
    static final String ACT = "e.at, e.actor_kind, e.actor_id, e.actor_name, e.action, e.subject, e.detail";

    private static final String SEALED =
            "SELECT c.sequence, c.hash, " + ACT + " FROM audit_chain c JOIN audit_entry e ON e.id = c.entry_id ";

    private final JdbcClient jdbc;

    AuditEntries(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    AuditHead head() {
        return jdbc.sql("SELECT sequence, hash FROM audit_chain ORDER BY sequence DESC LIMIT 1")
                .query((row, number) -> new AuditHead(row.getLong("sequence"), new Sha256(row.getString("hash"))))
                .optional()
                .orElse(AuditHead.EMPTY);
    }

    /** What stands where {@code head} stood. */
    Optional<AuditHead> inPlaceOf(AuditHead head) {
        return jdbc.sql("SELECT sequence, hash FROM audit_chain WHERE sequence = :sequence")
                .param("sequence", head.sequence())
                .query((row, number) -> new AuditHead(row.getLong("sequence"), new Sha256(row.getString("hash"))))
                .optional();
    }

    /** Newest first, from the one before {@code before}. */
    List<AuditEntry> list(AuditFilter filter, long before, int limit) {
        var statement = jdbc.sql(SEALED + "WHERE c.sequence < :before" + filter.conditions()
                        + " ORDER BY c.sequence DESC LIMIT :limit")
                .param("before", before)
                .param("limit", limit);
        return filter.bind(statement).query((row, number) -> entry(row)).list();
    }

    /** In their order, from the one after {@code after}. */
    List<AuditEntry> following(long after, int limit) {
        return jdbc.sql(SEALED + "WHERE c.sequence > :after ORDER BY c.sequence LIMIT :limit")
                .param("after", after)
                .param("limit", limit)
                .query((row, number) -> entry(row))
                .list();
    }

    private static AuditEntry entry(ResultSet row) throws SQLException {
        return new AuditEntry(row.getLong("sequence"), act(row), new Sha256(row.getString("hash")));
    }

    /** As it is hashed and shown: whatever the row says, word for word. */
    static Recorded act(ResultSet row) throws SQLException {
        return new Recorded(
                Columns.instant(row, "at"),
                row.getString("actor_kind").toLowerCase(Locale.ROOT).replace('_', '-'),
                row.getString("actor_id"),
                row.getString("actor_name"),
                row.getString("action"),
                row.getString("subject"),
                row.getString("detail"));
    }
}
