package io.rebootless.server.fleet;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.JournalEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** What a host did, newest first. */
@Service
final class History {
    private final JdbcClient jdbc;

    History(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * One step.
     *
     * @param journalId the agent's journal
     * @param recorded by the server's clock
     * @param entry as the agent wrote it
     */
    record Entry(UUID journalId, Instant recorded, JournalEntry entry) {
        Position position() {
            return new Position(recorded, journalId, entry.sequence());
        }
    }

    /** A place in a host's history. */
    record Position(Instant recorded, UUID journal, long sequence) {
        static final Position NEWEST =
                new Position(Instant.parse("9999-12-31T00:00:00Z"), new UUID(-1, -1), Long.MAX_VALUE);
    }

    List<Entry> before(UUID host, Position position, int limit) {
        return jdbc.sql("""
                        SELECT journal_id, sequence, recorded_at, host_time, boot_id, step, bundle, level, detail
                        FROM host_history
                        WHERE host_id = :host AND (recorded_at, journal_id, sequence) < (:recorded, :journal, :sequence)
                        ORDER BY recorded_at DESC, journal_id DESC, sequence DESC LIMIT :limit
                        """)
                .param("host", host)
                .param("recorded", Columns.column(position.recorded()))
                .param("journal", position.journal())
                .param("sequence", position.sequence())
                .param("limit", limit)
                .query((row, number) -> entry(row))
                .list();
    }

    private static Entry entry(ResultSet row) throws SQLException {
        String bundle = row.getString("bundle");
        return new Entry(
                row.getObject("journal_id", UUID.class),
                Columns.instant(row, "recorded_at"),
                new JournalEntry(
                        row.getLong("sequence"),
                        Columns.instant(row, "host_time"),
                        row.getString("boot_id"),
                        AgentState.valueOf(row.getString("step")),
                        bundle == null ? null : new Sha256(bundle),
                        row.getObject("level", Long.class),
                        row.getString("detail")));
    }
}
