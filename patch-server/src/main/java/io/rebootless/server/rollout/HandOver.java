package io.rebootless.server.rollout;

import io.rebootless.bundle.Sha256;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Takes down that hosts are handed a bundle, before they are: so a host that crashes at once was handed it, and none is
 * handed what was halted, paused or quarantined a moment ago, whatever this server remembers.
 */
@Component
public class HandOver {
    private final JdbcTemplate jdbc;

    HandOver(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Answers which of the hosts are to be told to run the bundle. */
    @Transactional
    public Set<UUID> record(Sha256 bundle, Collection<UUID> hosts) {
        UUID[] ids = hosts.toArray(UUID[]::new);
        jdbc.update("""
                UPDATE rollout_member m SET state = 'HANDED', handed_at = now(), since = now(), detail = NULL
                FROM bundle b WHERE b.identity = ? AND m.bundle_id = b.id AND m.host_id = ANY(?) AND m.state = 'RELEASED'
                """, statement -> {
            statement.setString(1, bundle.hex());
            statement.setArray(2, statement.getConnection().createArrayOf("uuid", ids));
        });
        return new HashSet<>(jdbc.query(
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
