package io.rebootless.server.rollout;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.catalog.ReleaseSource;
import io.rebootless.server.catalog.Releases;
import io.rebootless.server.catalog.Releases.Release;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What rollouts have come to, for the catalogue's snapshot. */
@Component
final class RolloutReleases implements ReleaseSource {
    /**
     * Whether a host that was handed the bundle is still told to run it: not one that has failed with it while the rollout
     * stands still, and of a bundle in quarantine only one that has settled on it.
     */
    static final String STILL_TOLD = """
            m.handed_at IS NOT NULL AND (m.state = 'SETTLED' OR (
                NOT EXISTS (SELECT FROM bundle_quarantine q WHERE q.bundle_id = m.bundle_id)
                AND (m.state NOT IN ('FAILED', 'INCIDENT') OR EXISTS (
                    SELECT FROM rollout_build x WHERE x.bundle_id = m.bundle_id AND x.state = 'RUNNING'))))
            """;

    private final JdbcClient jdbc;
    private final RolloutEngine engine;

    RolloutReleases(JdbcClient jdbc, RolloutEngine engine) {
        this.jdbc = jdbc;
        this.engine = engine;
    }

    @Override
    public void bringUpToDate() {
        engine.look();
    }

    @Override
    public Releases read() {
        var identities = new HashMap<Long, Sha256>();
        var everybody = new HashSet<Sha256>();
        var quarantined = new HashSet<Sha256>();
        jdbc.sql("""
                        SELECT b.id, b.identity, r.state, q.bundle_id IS NOT NULL AS quarantined
                        FROM bundle b JOIN rollout_build r ON r.bundle_id = b.id
                        LEFT JOIN bundle_quarantine q ON q.bundle_id = b.id
                        """).query(row -> {
            var identity = new Sha256(row.getString("identity"));
            identities.put(row.getLong("id"), identity);
            if (row.getBoolean("quarantined")) {
                quarantined.add(identity);
            } else if (row.getString("state").equals("COMPLETED")) {
                everybody.add(identity);
            }
        });
        // Of what everybody is told to run nothing needs to be known, nor of what is below it, but where it still runs.
        Map<UUID, Map<Sha256, Release>> hosts = new HashMap<>();
        jdbc.sql("""
                        WITH base AS (
                            SELECT b.build_id, max(b.level) AS level
                            FROM bundle b JOIN rollout_build r ON r.bundle_id = b.id
                            WHERE r.state = 'COMPLETED'
                              AND NOT EXISTS (SELECT FROM bundle_quarantine q WHERE q.bundle_id = b.id)
                              AND NOT EXISTS (SELECT FROM bundle_withdrawal w WHERE w.bundle_id = b.id)
                            GROUP BY b.build_id
                        )
                        SELECT m.host_id, m.bundle_id, m.state = 'RELEASED' AS open
                        FROM rollout_member m
                        JOIN rollout_build r ON r.bundle_id = m.bundle_id
                        JOIN bundle b ON b.id = m.bundle_id
                        LEFT JOIN base ON base.build_id = b.build_id
                        LEFT JOIN host_state s ON s.host_id = m.host_id
                        WHERE r.state NOT IN ('COMPLETED', 'WITHDRAWN')
                          AND (b.level > coalesce(base.level, 0) OR s.bundle = b.identity)
                          AND (m.state = 'RELEASED' OR (%s))
                        """.formatted(STILL_TOLD)).query(row -> {
            Sha256 identity = identities.get(row.getLong("bundle_id"));
            if (identity != null) {
                hosts.computeIfAbsent(row.getObject("host_id", UUID.class), host -> new HashMap<>())
                        .put(identity, row.getBoolean("open") ? Release.OPEN : Release.HANDED);
            }
        });
        return new Releases(everybody, quarantined, hosts);
    }

    @Override
    public boolean mayFetch(UUID host, Sha256 bundle) {
        return jdbc.sql("""
                        SELECT NOT EXISTS (
                            SELECT FROM bundle_quarantine q JOIN bundle b ON b.id = q.bundle_id
                            WHERE b.identity = :bundle AND NOT EXISTS (
                                SELECT FROM rollout_member m
                                WHERE m.bundle_id = b.id AND m.host_id = :host AND m.state = 'SETTLED'))
                        """)
                .param("bundle", bundle.hex())
                .param("host", host)
                .query(Boolean.class)
                .single();
    }
}
