package io.rebootless.server.rollout;

import io.rebootless.wire.RolloutLever;
import io.rebootless.wire.Touched;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Whom a lever of a rollout would touch, before it is pulled. */
@Service
class RolloutPreview {
    private final JdbcClient jdbc;

    RolloutPreview(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Whom.
     *
     * @param builds the bundles that the lever concerns
     */
    Touched of(String publication, List<Build> builds, RolloutLever lever) {
        if (builds.isEmpty()) {
            return new Touched(0, List.of(), List.of());
        }
        var ids = builds.stream().map(Build::bundleId).toList();
        boolean back = lever == RolloutLever.WITHDRAW;
        String which = switch (lever) {
            case WITHDRAW -> "(m.handed_at IS NOT NULL OR s.bundle = own.identity)";
            // Those that were told to go back from what is in quarantine are told to run it again.
            case RESUME -> "m.state IS DISTINCT FROM 'SETTLED' AND s.bundle IS DISTINCT FROM own.identity";
            case APPROVE, PAUSE, ABORT -> "m.handed_at IS NULL AND s.bundle IS DISTINCT FROM own.identity";
        };
        // Hosts that were not handed the publication, or those that have it in force or are on their way there.
        String concerned = """
                    WITH own AS (
                        SELECT b.id, b.identity, b.build_id, b.level FROM bundle b
                        WHERE b.id IN (:builds)
                    ),
                    concerned AS (
                        SELECT h.id, h.hostname, own.level AS publication_level,
                               CASE WHEN s.enabled AND NOT s.transition THEN s.level ELSE 0 END AS level
                        FROM own JOIN host h ON h.build_id = own.build_id
                        LEFT JOIN host_state s ON s.host_id = h.id
                        LEFT JOIN rollout_member m ON m.bundle_id = own.id AND m.host_id = h.id
                        WHERE h.retired_at IS NULL AND %s
                    )
                    """.formatted(which);
        long count = jdbc.sql(concerned + "SELECT count(DISTINCT id) FROM concerned")
                .param("builds", ids)
                .query(Long.class)
                .single();
        var hosts = jdbc.sql(concerned + """
                        SELECT id, hostname, level, max(publication_level) AS to_level FROM concerned
                        GROUP BY id, hostname, level ORDER BY hostname, id LIMIT :limit
                        """)
                .param("builds", ids)
                .param("limit", Touched.MAX_HOSTS)
                .query((row, number) -> new Touched.Host(
                        row.getObject("id", UUID.class),
                        row.getString("hostname"),
                        row.getLong("level"),
                        detail(lever, row.getLong("to_level"))))
                .list();
        var cves = jdbc.sql("""
                        SELECT DISTINCT c.cve FROM bundle b JOIN bundle_cve c ON c.bundle_id = b.id
                        WHERE b.publication = :publication AND NOT EXISTS (
                            SELECT FROM bundle a JOIN bundle_cve k ON k.bundle_id = a.id
                            WHERE a.build_id = b.build_id AND a.level < b.level AND k.cve = c.cve
                              AND NOT EXISTS (SELECT FROM bundle_withdrawal w WHERE w.bundle_id = a.id))
                        ORDER BY c.cve LIMIT :limit
                        """)
                .param("publication", publication)
                .param("limit", Touched.MAX_CVES)
                .query((row, number) -> row.getString("cve"))
                .list();
        boolean leavesOpen = lever == RolloutLever.PAUSE || lever == RolloutLever.ABORT || back;
        return new Touched(count, hosts, leavesOpen ? cves : List.of());
    }

    private static String detail(RolloutLever lever, long level) {
        return switch (lever) {
            case APPROVE, RESUME -> "may be handed level %d when its turn comes".formatted(level);
            case PAUSE -> "is not handed level %d for now".formatted(level);
            case ABORT -> "is not handed level %d".formatted(level);
            case WITHDRAW -> "goes back from level %d".formatted(level);
        };
    }
}
