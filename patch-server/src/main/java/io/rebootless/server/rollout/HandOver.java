package io.rebootless.server.rollout;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.holds.Holds;
import io.rebootless.server.sql.Columns;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Takes down that hosts are handed a bundle, before they are: so a host that crashes at once was handed it, and none is
 * handed what was halted, paused or quarantined a moment ago, whatever this server remembers.
 */
@Component
public class HandOver {
    private final JdbcClient jdbc;
    private final JdbcTemplate arrays;
    private final Holds holds;

    HandOver(JdbcClient jdbc, JdbcTemplate arrays, Holds holds) {
        this.jdbc = jdbc;
        this.arrays = arrays;
        this.holds = holds;
    }

    /** Answers which of the hosts are to be told to run the bundle. */
    @Transactional
    public Set<UUID> record(Sha256 bundle, Collection<UUID> hosts) {
        record Known(long level, Instant published) {}
        Known known = jdbc.sql("SELECT level, uploaded_at FROM bundle WHERE identity = :identity")
                .param("identity", bundle.hex())
                .query((row, number) -> new Known(row.getLong("level"), Columns.instant(row, "uploaded_at")))
                .single();
        // A hold that this server has not heard of counts as well.
        var keeping = holds.keepingFrom(known.level(), known.published());
        UUID[] ids =
                hosts.stream().filter(host -> keeping.apply(host).isEmpty()).toArray(UUID[]::new);
        arrays.update("""
                WITH released AS (
                    SELECT m.bundle_id, m.host_id FROM rollout_member m JOIN bundle b ON b.id = m.bundle_id
                    WHERE b.identity = ? AND m.host_id = ANY(?) AND m.state = 'RELEASED'
                    ORDER BY m.host_id FOR UPDATE OF m
                )
                UPDATE rollout_member m SET state = 'HANDED', handed_at = now(), since = now(), detail = NULL
                FROM released r WHERE m.bundle_id = r.bundle_id AND m.host_id = r.host_id AND m.state = 'RELEASED'
                """, statement -> {
            statement.setString(1, bundle.hex());
            statement.setArray(2, statement.getConnection().createArrayOf("uuid", ids));
        });
        return new HashSet<>(arrays.query(
                """
                SELECT m.host_id FROM rollout_member m JOIN bundle b ON b.id = m.bundle_id
                WHERE b.identity = ? AND m.host_id = ANY(?) AND %s
                """.formatted(RolloutReleases.STILL_TOLD),
                statement -> {
                    statement.setString(1, bundle.hex());
                    statement.setArray(2, statement.getConnection().createArrayOf("uuid", ids));
                },
                (row, number) -> row.getObject("host_id", UUID.class)));
    }
}
