package io.rebootless.server.fleet;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.access.HostTokens.Standing;
import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.cluster.Signals;
import io.rebootless.server.fleet.HostFacts.Reported;
import io.rebootless.server.groups.HostQuery;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Failure;
import io.rebootless.wire.LivepatchState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The hosts, read from the database. Those that have left the fleet are not among them. */
@Service
public final class Fleet {
    /** Sorts before every host name. */
    private static final Position START = new Position("", new UUID(0, 0));

    private static final String LOWEST_ID = "00000000-0000-0000-0000-000000000000";
    private static final String HIGHEST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

    private static final String FACTS = """
            SELECT h.id, h.hostname, h.labels::text AS labels, h.kernel_release, h.kernel_version, h.machine, h.build_id,
                   h.agent_version, h.enrolled_at, greatest(n.seen_at, s.reported_at) AS seen_at,
                   s.boot_id, s.uptime_seconds, s.state, s.bundle, s.module_loaded, s.sealed, s.level, s.floor,
                   s.patch, s.enabled, s.transition, s.failure_name, s.failure_message,
                   s.blocking::text AS blocking, q.quarantined::text AS quarantined,
                   h.cloned_at IS NOT NULL AS cloned, h.token_wanted_at
            FROM host h
            LEFT JOIN host_state s ON s.host_id = h.id
            LEFT JOIN host_seen n ON n.host_id = h.id
            LEFT JOIN (
                SELECT host_id, jsonb_agg(jsonb_build_object(
                    'id', id, 'bundle', bundle, 'level', level, 'publication', publication,
                    'at', to_char(host_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                    'bootId', boot_id, 'reason', jsonb_build_object('name', reason_name, 'message', reason_message),
                    'lifted', to_char(lifted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
                    ORDER BY host_time, id) AS quarantined
                FROM host_quarantine WHERE reported GROUP BY host_id
            ) q ON q.host_id = h.id
            WHERE h.retired_at IS NULL
            """;

    private final JdbcClient jdbc;
    private final HostColumns columns;
    private final HostDirectory directory;
    private final AuditLog audit;
    private final Signals signals;
    private final Clock clock;
    private final TransactionTemplate transaction;

    Fleet(
            JdbcClient jdbc,
            HostColumns columns,
            HostDirectory directory,
            AuditLog audit,
            Signals signals,
            Clock clock,
            PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.columns = columns;
        this.directory = directory;
        this.audit = audit;
        this.signals = signals;
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactions);
    }

    /** A place in the list of hosts. */
    record Position(String hostname, UUID id) {}

    /** All hosts that carry all of these labels and are found by the query. */
    public List<HostFacts> matching(Map<String, String> labels, HostQuery query) {
        return jdbc.sql(FACTS
                        + "AND h.labels @> :labels::jsonb AND %s ORDER BY h.hostname, h.id"
                                .formatted(query.condition()))
                .params(query.parameters())
                .param("labels", columns.asJson(labels))
                .query((row, number) -> facts(row))
                .list();
    }

    /**
     * Which hosts are asked for.
     *
     * @param labels all of these
     * @param hostname empty for all
     * @param idPrefix how their ids begin; empty for all
     * @param quarantined whether they have something in quarantine; absent for all
     * @param query what has to find them
     */
    record Filter(
            Map<String, String> labels,
            String hostname,
            String idPrefix,
            @Nullable Boolean quarantined,
            HostQuery query) {}

    /**
     * A part of the list.
     *
     * @param after absent for the first part
     */
    List<HostFacts> list(Filter filter, @Nullable Position after, int limit) {
        Position start = after == null ? START : after;
        return jdbc.sql(FACTS + """
                        AND h.labels @> :labels::jsonb AND (:hostname = '' OR h.hostname = :hostname)
                        AND h.id BETWEEN :lowestId AND :highestId
                        AND (:quarantined::boolean IS NULL OR :quarantined = (q.host_id IS NOT NULL))
                        AND (h.hostname, h.id) > (:afterName, :afterId) AND %s
                        ORDER BY h.hostname, h.id LIMIT :limit
                        """.formatted(filter.query().condition()))
                .params(filter.query().parameters())
                .param("labels", columns.asJson(filter.labels()))
                .param("hostname", filter.hostname())
                .param("lowestId", UUID.fromString(lowestId(filter.idPrefix())))
                .param("highestId", UUID.fromString(filled(filter.idPrefix(), HIGHEST_ID)))
                .param("quarantined", filter.quarantined())
                .param("afterName", start.hostname())
                .param("afterId", start.id())
                .param("limit", limit)
                .query((row, number) -> facts(row))
                .list();
    }

    /** The first id that begins as {@code prefix} does, in the order of PostgreSQL: byte by byte. */
    static String lowestId(String prefix) {
        return filled(prefix, LOWEST_ID);
    }

    private static String filled(String prefix, String rest) {
        return prefix + rest.substring(Math.min(prefix.length(), rest.length()));
    }

    /** How many hosts run each kernel build. */
    public Map<KernelBuild, Long> kernels() {
        var hosts = new HashMap<KernelBuild, Long>();
        jdbc.sql("""
                        SELECT kernel_release, kernel_version, machine, build_id, count(*) AS hosts FROM host
                        WHERE retired_at IS NULL GROUP BY kernel_release, kernel_version, machine, build_id
                        """).query(row -> {
            hosts.put(Columns.kernel(row), row.getLong("hosts"));
        });
        return hosts;
    }

    Optional<HostFacts> find(UUID id) {
        return jdbc.sql(FACTS + "AND h.id = :id")
                .param("id", id)
                .query((row, number) -> facts(row))
                .optional();
    }

    /**
     * Has a host leave: its token is answered 410 from now on, its history stays.
     *
     * @return whether there was such a host
     */
    boolean retire(UUID id) {
        boolean retired = Boolean.TRUE.equals(transaction.execute(status -> {
            var hostname = jdbc.sql("""
                            UPDATE host SET retired_at = :now WHERE id = :id AND retired_at IS NULL RETURNING hostname
                            """)
                    .param("id", id)
                    .param("now", Columns.column(clock.instant()))
                    .query(String.class)
                    .optional();
            hostname.ifPresent(name -> {
                audit.record(AuditAction.HOST_RETIRED, TokenReplacement.subject(id), Map.of("hostname", name));
                signals.send(new Signal(Signal.Topic.HOST, id.toString()));
            });
            return hostname.isPresent();
        }));
        if (retired) {
            directory.changed(id, known -> known.standing(Standing.RETIRED));
        }
        return retired;
    }

    private HostFacts facts(ResultSet row) throws SQLException {
        return new HostFacts(
                row.getObject("id", UUID.class),
                row.getString("hostname"),
                columns.labels(row.getString("labels")),
                Columns.kernel(row),
                row.getString("agent_version"),
                Columns.instant(row, "enrolled_at"),
                Columns.optionalInstant(row, "seen_at"),
                report(row),
                row.getBoolean("cloned"),
                Columns.optionalInstant(row, "token_wanted_at"),
                columns.quarantined(row.getString("quarantined")));
    }

    private @Nullable Reported report(ResultSet row) throws SQLException {
        String state = row.getString("state");
        if (state == null) {
            return null;
        }
        String bundle = row.getString("bundle");
        String failure = row.getString("failure_name");
        return new Reported(
                row.getString("boot_id"),
                row.getLong("uptime_seconds"),
                AgentState.valueOf(state),
                bundle == null ? null : new Sha256(bundle),
                new LivepatchState(
                        row.getBoolean("module_loaded"),
                        row.getBoolean("sealed"),
                        row.getLong("level"),
                        row.getLong("floor"),
                        row.getString("patch"),
                        row.getBoolean("enabled"),
                        row.getBoolean("transition")),
                failure == null ? null : new Failure(failure, row.getString("failure_message")),
                columns.blocking(row.getString("blocking")));
    }
}
