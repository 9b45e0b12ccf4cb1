package io.rebootless.server.kernels;

import io.rebootless.kernel.BuildId;
import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.NotAffected;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What publishers have stated: that a CVE does not concern a kernel build. */
@Service
public class Statements {
    private static final String COLUMNS = "SELECT build_id, cve, reason, stated_by, stated_at FROM not_affected ";

    private final JdbcClient jdbc;
    private final AuditLog audit;

    Statements(JdbcClient jdbc, AuditLog audit) {
        this.jdbc = jdbc;
        this.audit = audit;
    }

    /** All about one CVE, by kernel build. */
    public Map<BuildId, NotAffected> about(String cve) {
        var about = new HashMap<BuildId, NotAffected>();
        jdbc.sql(COLUMNS + "WHERE cve = :cve")
                .param("cve", cve)
                .query((row, number) -> statement(row))
                .list()
                .forEach(one -> about.put(one.buildId(), one));
        return about;
    }

    List<NotAffected> of(BuildId buildId) {
        return jdbc.sql(COLUMNS + "WHERE build_id = :build ORDER BY cve")
                .param("build", buildId.hex())
                .query((row, number) -> statement(row))
                .list();
    }

    private Optional<NotAffected> find(BuildId buildId, String cve) {
        return jdbc.sql(COLUMNS + "WHERE build_id = :build AND cve = :cve")
                .param("build", buildId.hex())
                .param("cve", cve)
                .query((row, number) -> statement(row))
                .optional();
    }

    /** States it, in the place of what was stated before; the same reason again changes nothing. */
    @Transactional
    public NotAffected state(NotAffected statement) {
        int changed = jdbc.sql("""
                        INSERT INTO not_affected AS old (build_id, cve, reason, stated_by, stated_at)
                        VALUES (:build, :cve, :reason, :by, :at)
                        ON CONFLICT (build_id, cve) DO UPDATE
                        SET reason = excluded.reason, stated_by = excluded.stated_by, stated_at = excluded.stated_at
                        WHERE old.reason <> excluded.reason
                        """)
                .param("build", statement.buildId().hex())
                .param("cve", statement.cve())
                .param("reason", statement.reason())
                .param("by", statement.by())
                .param("at", statement.at().atOffset(ZoneOffset.UTC))
                .update();
        if (changed > 0) {
            record(AuditAction.CVE_NOT_AFFECTED_STATED, statement.buildId(), statement.cve(), statement.reason());
        }
        return find(statement.buildId(), statement.cve()).orElseThrow();
    }

    /** Takes it back; answers whether it was stated. */
    @Transactional
    public boolean retract(BuildId buildId, String cve) {
        Optional<String> reason = jdbc.sql("""
                        DELETE FROM not_affected WHERE build_id = :build AND cve = :cve RETURNING reason
                        """)
                .param("build", buildId.hex())
                .param("cve", cve)
                .query(String.class)
                .optional();
        reason.ifPresent(was -> record(AuditAction.CVE_NOT_AFFECTED_RETRACTED, buildId, cve, was));
        return reason.isPresent();
    }

    private void record(AuditAction action, BuildId buildId, String cve, String reason) {
        audit.record(action, "kernel:" + buildId, Map.of("cve", cve, "reason", reason));
    }

    private static NotAffected statement(ResultSet row) throws SQLException {
        return new NotAffected(
                new BuildId(row.getString("build_id")),
                row.getString("cve"),
                row.getString("reason"),
                row.getString("stated_by"),
                Columns.instant(row, "stated_at"));
    }
}
