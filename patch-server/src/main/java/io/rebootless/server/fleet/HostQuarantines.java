package io.rebootless.server.fleet;

import io.rebootless.server.sql.Columns;
import io.rebootless.wire.AgentReport;
import io.rebootless.wire.QuarantinedBundle;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What hosts have said of bundles that they do not apply again by themselves. */
@Component
class HostQuarantines {
    private final JdbcClient jdbc;
    private final JdbcTemplate batches;

    HostQuarantines(JdbcClient jdbc, JdbcTemplate batches) {
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

    private record Known(UUID id, boolean reported, boolean lifted) {}

    /** Takes over what the newest report of a host says, under the host's lock. What is the same stays untouched. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Lifted store(UUID host, List<QuarantinedBundle> quarantined) {
        var known = jdbc.sql("""
                        SELECT id, reported, lifted_at IS NOT NULL AS lifted FROM host_quarantine WHERE host_id = :host
                        ORDER BY id
                        """)
                .param("host", host)
                .query((row, number) -> new Known(
                        row.getObject("id", UUID.class), row.getBoolean("reported"), row.getBoolean("lifted")))
                .list();
        if (quarantined.isEmpty() && known.stream().noneMatch(Known::reported)) {
            return new Lifted(null, null);
        }
        storeQuarantined(host, quarantined);
        Set<UUID> now = quarantined.stream().map(QuarantinedBundle::id).collect(Collectors.toCollection(HashSet::new));
        return new Lifted(lifted(known, Known::reported), lifted(known, one -> now.contains(one.id())));
    }

    private static @Nullable String lifted(List<Known> known, Predicate<Known> reported) {
        String ids = known.stream()
                .filter(Known::lifted)
                .filter(reported)
                .map(one -> one.id().toString())
                .collect(Collectors.joining(","));
        return ids.isEmpty() ? null : ids;
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
            statement.setObject(6, Columns.column(one.at()));
            statement.setString(7, one.bootId());
            statement.setString(8, one.reason().name());
            statement.setString(9, one.reason().message());
        });
    }
}
