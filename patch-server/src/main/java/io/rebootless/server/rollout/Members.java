package io.rebootless.server.rollout;

import io.rebootless.server.rollout.DrawRule.Candidate;
import io.rebootless.server.rollout.MemberRule.Facts;
import io.rebootless.server.rollout.MemberRule.Quarantine;
import io.rebootless.server.rollout.MemberRule.Report;
import io.rebootless.server.rollout.MemberRule.Standing;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Failure;
import io.rebootless.wire.RolloutHostState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The hosts of rollouts in the database. */
@Component
class Members {
    /** Hosts that are told to run a higher level, which an aborted or a halted rollout has left with them. */
    private static final String HIGHER = """
            SELECT m.host_id FROM rollout_member m JOIN bundle b ON b.id = m.bundle_id
            WHERE b.build_id = :buildId AND b.level > :level AND %s
              AND NOT EXISTS (SELECT FROM bundle_withdrawal w WHERE w.bundle_id = b.id)
            """.formatted(RolloutReleases.STILL_TOLD);

    private final JdbcClient jdbc;
    private final JdbcTemplate arrays;

    Members(JdbcClient jdbc, JdbcTemplate arrays) {
        this.jdbc = jdbc;
        this.arrays = arrays;
    }

    /**
     * All of a rollout, in the order of their turns.
     *
     * @param keeping by what a host is kept from the bundle
     */
    List<Member> of(Build build, Function<UUID, Optional<String>> keeping) {
        return jdbc.sql("""
                        SELECT m.host_id, m.state, m.since, m.detail, m.excused, m.released_at, m.handed_at,
                               h.retired_at, h.cloned_at, h.build_id, h.kernel_release,
                               m.host_id IN (%s) AS higher,
                               -- By the database's clock, but for a host that was never heard.
                               coalesce(n.seen_at, h.enrolled_at) AS heard_at,
                               s.state AS reported, s.failure_name, s.failure_message,
                               s.bundle = :identity AS of_bundle,
                               s.state = 'SETTLED' AND s.bundle = :identity AND s.level = :level AND s.enabled
                                   AND NOT s.transition AS settled,
                               q.reason_name, q.reason_message, q.lifted
                        FROM rollout_member m
                        JOIN host h ON h.id = m.host_id
                        LEFT JOIN host_state s ON s.host_id = m.host_id
                        LEFT JOIN host_seen n ON n.host_id = m.host_id
                        LEFT JOIN (
                            SELECT DISTINCT ON (host_id) host_id, reason_name, reason_message,
                                   lifted_at IS NOT NULL AS lifted
                            FROM host_quarantine WHERE bundle = :identity AND reported
                            ORDER BY host_id, lifted_at IS NOT NULL, host_time DESC
                        ) q ON q.host_id = m.host_id
                        WHERE m.bundle_id = :bundle ORDER BY m.position
                        """.formatted(HIGHER))
                .param("buildId", build.buildId())
                .param("bundle", build.bundleId())
                .param("identity", build.identity().hex())
                .param("level", build.level())
                .query((row, number) -> member(row, build, keeping))
                .list();
    }

    private static Member member(ResultSet row, Build build, Function<UUID, Optional<String>> keeping)
            throws SQLException {
        UUID host = row.getObject("host_id", UUID.class);
        return new Member(
                host,
                row.getBoolean("excused"),
                new Facts(
                        RolloutHostState.valueOf(row.getString("state")),
                        row.getString("detail"),
                        Columns.instant(row, "since"),
                        Columns.optionalInstant(row, "released_at"),
                        Columns.optionalInstant(row, "handed_at"),
                        left(row, build),
                        keeping.apply(host).orElse(null),
                        Columns.instant(row, "heard_at"),
                        report(row),
                        row.getBoolean("settled"),
                        quarantine(row)));
    }

    private static @Nullable String left(ResultSet row, Build build) throws SQLException {
        if (row.getObject("retired_at") != null) {
            return "it has left the fleet";
        }
        if (row.getObject("cloned_at") != null) {
            return "two machines have shown its token";
        }
        if (row.getBoolean("higher")) {
            return "it is told to run a higher level";
        }
        return build.buildId().equals(row.getString("build_id"))
                ? null
                : "it runs %s now".formatted(row.getString("kernel_release"));
    }

    private static @Nullable Report report(ResultSet row) throws SQLException {
        String state = row.getString("reported");
        if (state == null) {
            return null;
        }
        String failure = row.getString("failure_name");
        return new Report(
                AgentState.valueOf(state),
                row.getBoolean("of_bundle"),
                failure == null ? null : new Failure(failure, row.getString("failure_message")));
    }

    private static @Nullable Quarantine quarantine(ResultSet row) throws SQLException {
        String reason = row.getString("reason_name");
        return reason == null
                ? null
                : new Quarantine(new Failure(reason, row.getString("reason_message")), row.getBoolean("lifted"));
    }

    /** The hosts of a kernel build that a rollout has not drawn, each with its value of the label to be spread over. */
    List<Candidate> candidates(Build build) {
        String label = build.plan().spreadOver();
        return jdbc.sql("""
                        SELECT h.id, coalesce(h.labels ->> :label, '') AS apart FROM host h
                        WHERE h.build_id = :build AND h.retired_at IS NULL
                          AND NOT EXISTS (SELECT FROM rollout_member m WHERE m.bundle_id = :bundle AND m.host_id = h.id)
                        ORDER BY h.id
                        """)
                .param("build", build.buildId())
                .param("bundle", build.bundleId())
                .param("label", label == null ? "" : label)
                .query((row, number) -> new Candidate(row.getObject("id", UUID.class), row.getString("apart")))
                .list();
    }

    void draw(Build build, List<UUID> order, Instant now) {
        arrays.update("""
                INSERT INTO rollout_member (bundle_id, host_id, position, state, since)
                SELECT ?, host_id, position + (SELECT coalesce(max(position), 0) FROM rollout_member WHERE bundle_id = ?),
                       'DRAWN', ?
                FROM unnest(?) WITH ORDINALITY AS drawn (host_id, position)
                """, statement -> {
            statement.setLong(1, build.bundleId());
            statement.setLong(2, build.bundleId());
            statement.setObject(3, Columns.column(now));
            statement.setArray(4, statement.getConnection().createArrayOf("uuid", order.toArray(UUID[]::new)));
        });
    }

    /** Lets hosts have the bundle whose turn it is. */
    void release(Build build, List<UUID> hosts, Instant now) {
        arrays.update("""
                UPDATE rollout_member SET state = 'RELEASED', since = ?, detail = NULL, released_at = ?, ring = ?
                WHERE bundle_id = ? AND host_id = ANY(?) AND state = 'DRAWN'
                """, statement -> {
            statement.setObject(1, Columns.column(now));
            statement.setObject(2, Columns.column(now));
            statement.setInt(3, build.ring());
            statement.setLong(4, build.bundleId());
            statement.setArray(5, statement.getConnection().createArrayOf("uuid", hosts.toArray(UUID[]::new)));
        });
    }

    /** Takes back that hosts may have the bundle, from those that were not handed it yet; answers how many. */
    int takeBack(Build build, Instant now) {
        lockReleased(build);
        return jdbc.sql("""
                        UPDATE rollout_member SET state = 'DRAWN', since = :now, ring = NULL, released_at = NULL
                        WHERE bundle_id = :bundle AND state = 'RELEASED'
                        """)
                .param("bundle", build.bundleId())
                .param("now", Columns.column(now))
                .update();
    }

    /** In the order of the hosts, as hand-overs do: so none of them waits for another that waits for it. */
    private void lockReleased(Build build) {
        jdbc.sql("""
                        SELECT host_id FROM rollout_member WHERE bundle_id = :bundle AND state = 'RELEASED'
                        ORDER BY host_id FOR UPDATE
                        """)
                .param("bundle", build.bundleId())
                .query((row, number) -> 0)
                .list();
    }

    /**
     * Takes down where hosts stand now.
     *
     * @return whether all do: one that was handed the bundle meanwhile is looked at again
     */
    boolean stand(Build build, Map<Member, Standing> moved, Instant now) {
        var members = List.copyOf(moved.keySet());
        int count = members.size();
        var hosts = new UUID[count];
        var before = new String[count];
        var after = new String[count];
        var details = new @Nullable String[count];
        IntStream.range(0, count).forEach(i -> {
            Member member = members.get(i);
            Standing standing = moved.get(member);
            hosts[i] = member.host();
            before[i] = member.state().name();
            after[i] = standing == null ? before[i] : standing.state().name();
            details[i] = standing == null ? null : standing.detail();
        });
        lockReleased(build);
        int stood = arrays.update("""
                UPDATE rollout_member m
                SET excused = m.excused AND m.state = n.after,
                    since = CASE WHEN m.state = n.after THEN m.since ELSE ? END, state = n.after, detail = n.detail,
                    ring = CASE WHEN m.handed_at IS NULL AND n.after <> 'RELEASED' THEN NULL ELSE m.ring END,
                    released_at = CASE WHEN m.handed_at IS NULL AND n.after <> 'RELEASED' THEN NULL
                                       ELSE m.released_at END
                FROM unnest(?, ?, ?, ?) AS n (host_id, before, after, detail)
                WHERE m.bundle_id = ? AND m.host_id = n.host_id AND m.state = n.before
                """, statement -> {
            var connection = statement.getConnection();
            statement.setObject(1, Columns.column(now));
            statement.setArray(2, connection.createArrayOf("uuid", hosts));
            statement.setArray(3, connection.createArrayOf("text", before));
            statement.setArray(4, connection.createArrayOf("text", after));
            statement.setArray(5, connection.createArrayOf("text", details));
            statement.setLong(6, build.bundleId());
        });
        return stood == count;
    }

    /** What has happened to hosts so far does not count any more. */
    void excuse(Build build) {
        jdbc.sql("""
                        UPDATE rollout_member SET excused = true
                        WHERE bundle_id = :bundle AND state IN ('INCIDENT', 'SILENT', 'FAILED')
                        """).param("bundle", build.bundleId()).update();
    }
}
