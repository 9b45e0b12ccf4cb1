package io.rebootless.server.rollout;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.RolloutState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The rollouts of bundles in the database. */
@Component
class Builds {
    private static final String COLUMNS = """
            SELECT r.bundle_id, b.identity, b.level, b.build_id, b.uploaded_at, r.publication, p.plan, r.state, r.ring,
                   r.reason, r.approved, p.paused_at IS NOT NULL AS paused,
                   w.bundle_id IS NOT NULL AS withdrawn, q.bundle_id IS NOT NULL AS quarantined,
                   EXISTS (SELECT FROM rollout_build n JOIN bundle nb ON nb.id = n.bundle_id
                           WHERE nb.build_id = b.build_id AND nb.level > b.level
                             AND (n.state IN ('RUNNING', 'HALTED', 'COMPLETED')
                                  OR (n.state = 'WAITING' AND r.state = 'WAITING' AND NOT EXISTS (
                                      SELECT FROM host h WHERE h.build_id = b.build_id AND h.retired_at IS NULL))))
                       AS outrun,
                   r.state = 'WAITING' AND EXISTS (SELECT FROM host h WHERE h.build_id = b.build_id
                           AND h.retired_at IS NULL) AS populated
            FROM rollout_build r
            JOIN bundle b ON b.id = r.bundle_id
            JOIN rollout p ON p.publication = r.publication
            LEFT JOIN bundle_withdrawal w ON w.bundle_id = r.bundle_id
            LEFT JOIN bundle_quarantine q ON q.bundle_id = r.bundle_id
            """;

    private final JdbcClient jdbc;
    private final Plans plans;

    Builds(JdbcClient jdbc, Plans plans) {
        this.jdbc = jdbc;
        this.plans = plans;
    }

    /** Makes rollouts for what was published and has none. */
    boolean createMissing(Instant now) {
        record Missing(String publication) {}
        var missing = jdbc.sql("""
                        SELECT DISTINCT publication FROM bundle b
                        WHERE NOT EXISTS (SELECT FROM rollout_build r WHERE r.bundle_id = b.id)
                        """)
                .query((row, number) -> new Missing(row.getString(1)))
                .list();
        if (missing.isEmpty()) {
            return false;
        }
        String plan = plans.asText(plans.find(Plans.DEFAULT).orElseThrow().plan());
        for (Missing one : missing) {
            jdbc.sql("""
                            INSERT INTO rollout (publication, plan_name, plan, created_at)
                            VALUES (:publication, :name, :plan, :now) ON CONFLICT (publication) DO NOTHING
                            """)
                    .param("publication", one.publication())
                    .param("name", Plans.DEFAULT)
                    .param("plan", plan)
                    .param("now", Columns.column(now))
                    .update();
        }
        jdbc.sql("""
                        INSERT INTO rollout_build (bundle_id, publication, state, since)
                        SELECT id, publication, 'WAITING', :now FROM bundle b
                        WHERE NOT EXISTS (SELECT FROM rollout_build r WHERE r.bundle_id = b.id)
                        """).param("now", Columns.column(now)).update();
        return true;
    }

    /** Those that can go on, have hosts under way, or were withdrawn since; of a kernel build the highest level first. */
    List<Build> active() {
        return jdbc.sql(COLUMNS + """
                        WHERE r.state IN ('WAITING', 'RUNNING', 'HALTED')
                           OR (r.state <> 'WITHDRAWN' AND w.bundle_id IS NOT NULL)
                           OR (r.state IN ('SUPERSEDED', 'ABORTED') AND EXISTS (
                               SELECT FROM rollout_member m
                               WHERE m.bundle_id = r.bundle_id AND m.state IN ('HANDED', 'SILENT')))
                        ORDER BY b.build_id, b.level DESC
                        """).query((row, number) -> build(row)).list();
    }

    List<Build> of(String publication) {
        return jdbc.sql(COLUMNS + "WHERE r.publication = :publication ORDER BY r.bundle_id")
                .param("publication", publication)
                .query((row, number) -> build(row))
                .list();
    }

    Build find(long bundleId) {
        return jdbc.sql(COLUMNS + "WHERE r.bundle_id = :bundle")
                .param("bundle", bundleId)
                .query((row, number) -> build(row))
                .single();
    }

    /** Whether hosts run the kernel build that the rollout has not drawn. */
    boolean newcomers(Build build) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT FROM host h WHERE h.build_id = :build AND h.retired_at IS NULL
                            AND NOT EXISTS (SELECT FROM rollout_member m
                                            WHERE m.bundle_id = :bundle AND m.host_id = h.id))
                        """)
                .param("build", build.buildId())
                .param("bundle", build.bundleId())
                .query(Boolean.class)
                .single();
    }

    void move(Build build, RolloutState state, int ring, @Nullable String reason, Instant now) {
        jdbc.sql("""
                        UPDATE rollout_build SET since = CASE WHEN state = :state THEN since ELSE :now END,
                               state = :state, ring = :ring, reason = :reason
                        WHERE bundle_id = :bundle
                        """)
                .param("bundle", build.bundleId())
                .param("state", state.name())
                .param("ring", ring)
                .param("reason", reason)
                .param("now", Columns.column(now))
                .update();
    }

    void quarantine(Build build, String reason, Instant now) {
        jdbc.sql("""
                        INSERT INTO bundle_quarantine (bundle_id, since, reason) VALUES (:bundle, :now, :reason)
                        ON CONFLICT (bundle_id) DO NOTHING
                        """)
                .param("bundle", build.bundleId())
                .param("now", Columns.column(now))
                .param("reason", reason)
                .update();
    }

    void liftQuarantine(Build build) {
        jdbc.sql("DELETE FROM bundle_quarantine WHERE bundle_id = :bundle")
                .param("bundle", build.bundleId())
                .update();
    }

    /** All that are published so far; what is added later wants another look. */
    void approve(String publication) {
        jdbc.sql("UPDATE rollout_build SET approved = true WHERE publication = :publication")
                .param("publication", publication)
                .update();
    }

    private Build build(ResultSet row) throws SQLException {
        return new Build(
                row.getLong("bundle_id"),
                new Sha256(row.getString("identity")),
                row.getLong("level"),
                row.getString("build_id"),
                Columns.instant(row, "uploaded_at"),
                row.getString("publication"),
                plans.readOrStop(row.getString("plan")),
                RolloutState.valueOf(row.getString("state")),
                row.getInt("ring"),
                row.getString("reason"),
                row.getBoolean("approved"),
                row.getBoolean("paused"),
                row.getBoolean("withdrawn"),
                row.getBoolean("outrun"),
                row.getBoolean("populated"),
                row.getBoolean("quarantined"));
    }
}
