package io.rebootless.server.rollout;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.problem.Paging;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.Rollout;
import io.rebootless.wire.Rollout.Decision;
import io.rebootless.wire.RolloutHost;
import io.rebootless.wire.RolloutHostState;
import io.rebootless.wire.RolloutState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The rollouts as people see them. */
@Service
class Rollouts {
    private static final String COLUMNS = """
            SELECT number, publication, plan_name, plan, created_at, approved_at, approved_by, approval_reason,
                   paused_at, paused_by, pause_reason
            FROM rollout
            """;

    private final JdbcClient jdbc;
    private final Plans plans;

    Rollouts(JdbcClient jdbc, Plans plans) {
        this.jdbc = jdbc;
        this.plans = plans;
    }

    /**
     * A rollout and its place in the list.
     *
     * @param number grows from one to the next
     */
    record Numbered(long number, Rollout rollout) {}

    static ProblemException absent(String publication) {
        return ProblemType.NOT_FOUND.because(
                "There is no rollout of a publication %s."
                        .formatted(Paging.clean("publication", Paging.brief(publication))),
                "`rebootless rollout list` shows them.");
    }

    /** The newest first. */
    @Transactional(readOnly = true)
    public List<Numbered> list(long before, int limit) {
        return jdbc.sql(COLUMNS + "WHERE number < :before ORDER BY number DESC LIMIT :limit")
                .param("before", before)
                .param("limit", limit)
                .query((row, number) -> rollout(row))
                .list();
    }

    /** One, with how many of its hosts stand where. */
    @Transactional(readOnly = true)
    public Optional<Rollout> find(String publication) {
        return jdbc.sql(COLUMNS + "WHERE publication = :publication")
                .param("publication", publication)
                .query((row, number) -> rollout(row).rollout())
                .optional();
    }

    private Numbered rollout(ResultSet row) throws SQLException {
        return new Numbered(
                row.getLong("number"),
                new Rollout(
                        row.getString("publication"),
                        row.getString("plan_name"),
                        plans.readOrStop(row.getString("plan")),
                        Columns.instant(row, "created_at"),
                        decision(row, "approved_at", row.getString("approved_by"), row.getString("approval_reason")),
                        decision(row, "paused_at", row.getString("paused_by"), row.getString("pause_reason")),
                        builds(row.getString("publication"))));
    }

    private static @Nullable Decision decision(ResultSet row, String at, String by, @Nullable String reason)
            throws SQLException {
        return row.getObject(at) == null ? null : new Decision(Columns.instant(row, at), by, reason);
    }

    private List<Rollout.Build> builds(String publication) {
        Map<Long, Map<RolloutHostState, Integer>> hosts = new HashMap<>();
        jdbc.sql("""
                        SELECT m.bundle_id, m.state, count(*) AS hosts
                        FROM rollout_member m JOIN rollout_build r ON r.bundle_id = m.bundle_id
                        WHERE r.publication = :publication GROUP BY m.bundle_id, m.state
                        """).param("publication", publication).query(row -> {
            hosts.computeIfAbsent(row.getLong("bundle_id"), bundle -> new EnumMap<>(RolloutHostState.class))
                    .put(RolloutHostState.valueOf(row.getString("state")), row.getInt("hosts"));
        });
        return jdbc.sql("""
                        SELECT r.bundle_id, b.identity, b.level, b.kernel_release, b.kernel_version, b.machine, b.build_id,
                               r.state, r.since, r.reason, r.ring, q.bundle_id IS NOT NULL AS quarantined
                        FROM rollout_build r JOIN bundle b ON b.id = r.bundle_id
                        LEFT JOIN bundle_quarantine q ON q.bundle_id = r.bundle_id
                        WHERE r.publication = :publication ORDER BY r.bundle_id
                        """)
                .param("publication", publication)
                .query((row, number) -> new Rollout.Build(
                        Columns.kernel(row),
                        new Sha256(row.getString("identity")),
                        row.getLong("level"),
                        RolloutState.valueOf(row.getString("state")),
                        Columns.instant(row, "since"),
                        row.getString("reason"),
                        row.getBoolean("quarantined"),
                        row.getInt("ring"),
                        new Counts(hosts.getOrDefault(row.getLong("bundle_id"), Map.of()), 0, 0, null).view()))
                .list();
    }

    /**
     * Where the hosts of a rollout stand, by name.
     *
     * @param state of those asked for; absent for all
     * @param afterName where the part before has ended; empty for the first
     * @param afterId the same
     */
    List<RolloutHost> hosts(
            String publication, @Nullable RolloutHostState state, String afterName, String afterId, int limit) {
        return jdbc.sql("""
                        SELECT m.host_id, h.hostname, b.identity, b.kernel_release, b.kernel_version, b.machine, b.build_id,
                               m.ring, m.state, m.since, m.handed_at, m.detail
                        FROM rollout_member m
                        JOIN rollout_build r ON r.bundle_id = m.bundle_id
                        JOIN bundle b ON b.id = m.bundle_id
                        JOIN host h ON h.id = m.host_id
                        WHERE r.publication = :publication AND (:state::text IS NULL OR m.state = :state)
                          AND (h.hostname, m.host_id::text || b.identity) > (:afterName, :afterId)
                        ORDER BY h.hostname, m.host_id::text || b.identity LIMIT :limit
                        """)
                .param("publication", publication)
                .param("state", state == null ? null : state.name())
                .param("afterName", afterName)
                .param("afterId", afterId)
                .param("limit", limit)
                .query((row, number) -> new RolloutHost(
                        row.getObject("host_id", UUID.class),
                        row.getString("hostname"),
                        Columns.kernel(row),
                        new Sha256(row.getString("identity")),
                        row.getObject("ring", Integer.class),
                        RolloutHostState.valueOf(row.getString("state")),
                        Columns.instant(row, "since"),
                        Columns.optionalInstant(row, "handed_at"),
                        row.getString("detail")))
                .list();
    }

    /** Takes down a rollout of a publication that is still to come, or the plan of one that has not begun. */
    void choose(String publication, String planName, String plan, Instant now) {
        jdbc.sql("""
                        INSERT INTO rollout (publication, plan_name, plan, created_at)
                        VALUES (:publication, :name, :plan, :now)
                        ON CONFLICT (publication) DO UPDATE
                        SET plan_name = excluded.plan_name, plan = excluded.plan, approved_at = NULL, approved_by = NULL,
                            approval_reason = NULL
                        """)
                .param("publication", publication)
                .param("name", planName)
                .param("plan", plan)
                .param("now", Columns.column(now))
                .update();
        jdbc.sql("UPDATE rollout_build SET approved = false WHERE publication = :publication")
                .param("publication", publication)
                .update();
    }

    void approve(String publication, String by, @Nullable String reason, Instant now) {
        jdbc.sql("""
                        UPDATE rollout SET approved_at = :now, approved_by = :by, approval_reason = :reason
                        WHERE publication = :publication
                        """)
                .param("publication", publication)
                .param("by", by)
                .param("reason", reason)
                .param("now", Columns.column(now))
                .update();
    }

    /** Forgets one of which nothing is published. */
    void forget(String publication) {
        jdbc.sql("DELETE FROM rollout WHERE publication = :publication")
                .param("publication", publication)
                .update();
    }

    /** With no {@code by} it is not paused any more. */
    void pause(String publication, @Nullable String by, @Nullable String reason, Instant now) {
        jdbc.sql("""
                        UPDATE rollout SET paused_at = :now, paused_by = :by, pause_reason = :reason
                        WHERE publication = :publication
                        """)
                .param("publication", publication)
                .param("by", by)
                .param("reason", reason)
                .param("now", by == null ? null : Columns.column(now))
                .update();
    }
}
