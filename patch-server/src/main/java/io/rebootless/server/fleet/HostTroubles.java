package io.rebootless.server.fleet;

import io.rebootless.bundle.Sha256;
import io.rebootless.wire.AgentReport;
import io.rebootless.wire.BlockingTask;
import io.rebootless.wire.Failure;
import io.rebootless.wire.FleetHost.Quarantine;
import io.rebootless.wire.QuarantinedBundle;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What hosts have said of bundles that they do not apply again, and of tasks that hold a transition up. */
@Component
class HostTroubles {
    private final JdbcClient jdbc;
    private final JdbcTemplate batches;

    HostTroubles(JdbcClient jdbc, JdbcTemplate batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    /**
     * Which lifted quarantines a host still has.
     *
     * @param before the report, as their ids separated by commas; absent if none
     * @param after the same
     */
    record Lifted(@Nullable String before, @Nullable String after) {}

    /** Takes over what the newest report of a host says, under the host's lock. What is the same stays untouched. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Lifted store(UUID host, AgentReport report) {
        record Stored(boolean quarantined, boolean blocking) {}
        var stored = jdbc.sql("""
                        SELECT EXISTS (SELECT FROM host_quarantine WHERE host_id = :host AND reported) AS quarantined,
                               EXISTS (SELECT FROM host_blocking WHERE host_id = :host) AS blocking
                        """)
                .param("host", host)
                .query((row, number) -> new Stored(row.getBoolean("quarantined"), row.getBoolean("blocking")))
                .single();
        if (stored.blocking() || !report.blocking().isEmpty()) {
            storeBlocking(host, report.blocking());
        }
        if (!stored.quarantined() && report.quarantined().isEmpty()) {
            return new Lifted(null, null);
        }
        String before = lifted(host);
        storeQuarantined(host, report.quarantined());
        return new Lifted(before, lifted(host));
    }

    /** The lifted quarantines that a host still reports, as the poll's answer has them. */
    @Nullable
    String lifted(UUID host) {
        return jdbc.sql("""
                        SELECT string_agg(id::text, ',' ORDER BY id) FROM host_quarantine
                        WHERE host_id = :host AND reported AND lifted_at IS NOT NULL
                        """)
                .param("host", host)
                .query((row, number) -> row.getString(1))
                .list()
                .get(0);
    }

    /** Of each of these hosts that has any, the oldest first. */
    Map<UUID, List<Quarantine>> quarantined(Collection<UUID> hosts) {
        record Of(UUID host, Quarantine quarantine) {}
        return jdbc
                .sql("""
                        SELECT host_id, id, bundle, level, publication, host_time, boot_id, reason_name, reason_message,
                               lifted_at
                        FROM host_quarantine WHERE host_id = ANY(:hosts) AND reported ORDER BY host_time, id
                        """)
                .param("hosts", hosts.toArray(UUID[]::new))
                .query((row, number) -> new Of(row.getObject("host_id", UUID.class), quarantine(row)))
                .list()
                .stream()
                .collect(Collectors.groupingBy(Of::host, Collectors.mapping(Of::quarantine, Collectors.toList())));
    }

    /** Of each of these hosts that has any, in the order in which it named them. */
    Map<UUID, List<BlockingTask>> blocking(Collection<UUID> hosts) {
        record Of(UUID host, BlockingTask task) {}
        return jdbc
                .sql("""
                        SELECT host_id, pid, name, stack FROM host_blocking WHERE host_id = ANY(:hosts)
                        ORDER BY host_id, position
                        """)
                .param("hosts", hosts.toArray(UUID[]::new))
                .query((row, number) -> new Of(
                        row.getObject("host_id", UUID.class),
                        new BlockingTask(row.getInt("pid"), row.getString("name"), row.getString("stack"))))
                .list()
                .stream()
                .collect(Collectors.groupingBy(Of::host, Collectors.mapping(Of::task, Collectors.toList())));
    }

    private static Quarantine quarantine(ResultSet row) throws SQLException {
        return new Quarantine(
                row.getObject("id", UUID.class),
                new Sha256(row.getString("bundle")),
                row.getLong("level"),
                row.getString("publication"),
                HostColumns.instant(row, "host_time"),
                row.getString("boot_id"),
                new Failure(row.getString("reason_name"), row.getString("reason_message")),
                HostColumns.optionalInstant(row, "lifted_at"));
    }

    private void storeQuarantined(UUID host, List<QuarantinedBundle> quarantined) {
        UUID[] ids = quarantined.stream().map(QuarantinedBundle::id).toArray(UUID[]::new);
        jdbc.sql("DELETE FROM host_quarantine WHERE host_id = :host AND lifted_at IS NULL AND id <> ALL(:ids)")
                .param("host", host)
                .param("ids", ids)
                .update();
        jdbc.sql("""
                        UPDATE host_quarantine SET reported = false
                        WHERE host_id = :host AND lifted_at IS NOT NULL AND reported AND id <> ALL(:ids)
                        """).param("host", host).param("ids", ids).update();
        batches.batchUpdate("""
                INSERT INTO host_quarantine AS known (host_id, id, bundle, level, publication, host_time, boot_id,
                                                      reason_name, reason_message, reported)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, true)
                ON CONFLICT (host_id, id) DO UPDATE SET
                    bundle = excluded.bundle, level = excluded.level, publication = excluded.publication,
                    host_time = excluded.host_time, boot_id = excluded.boot_id, reason_name = excluded.reason_name,
                    reason_message = excluded.reason_message, reported = true
                WHERE (known.bundle, known.level, known.publication, known.host_time, known.boot_id, known.reason_name,
                       known.reason_message, known.reported)
                   IS DISTINCT FROM (excluded.bundle, excluded.level, excluded.publication, excluded.host_time,
                                     excluded.boot_id, excluded.reason_name, excluded.reason_message, true)
                """, quarantined, AgentReport.MAX_QUARANTINED, (statement, one) -> {
            statement.setObject(1, host);
            statement.setObject(2, one.id());
            statement.setString(3, one.bundle().hex());
            statement.setLong(4, one.level());
            statement.setString(5, one.publication());
            statement.setObject(6, HostColumns.column(one.at()));
            statement.setString(7, one.bootId());
            statement.setString(8, one.reason().name());
            statement.setString(9, one.reason().message());
        });
    }

    private void storeBlocking(UUID host, List<BlockingTask> blocking) {
        if (blocking(List.of(host)).getOrDefault(host, List.of()).equals(blocking)) {
            return;
        }
        jdbc.sql("DELETE FROM host_blocking WHERE host_id = :host")
                .param("host", host)
                .update();
        var positions = IntStream.range(0, blocking.size()).boxed().toList();
        batches.batchUpdate(
                "INSERT INTO host_blocking (host_id, position, pid, name, stack) VALUES (?, ?, ?, ?, ?)",
                positions,
                AgentReport.MAX_BLOCKING,
                (statement, position) -> {
                    BlockingTask task = blocking.get(position);
                    statement.setObject(1, host);
                    statement.setInt(2, position);
                    statement.setInt(3, task.pid());
                    statement.setString(4, task.name());
                    statement.setString(5, task.stack());
                });
    }
}
