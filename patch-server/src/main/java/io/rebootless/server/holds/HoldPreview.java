package io.rebootless.server.holds;

import io.rebootless.server.groups.Groups;
import io.rebootless.server.groups.HostQuery;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.Hold;
import io.rebootless.wire.HoldKind;
import io.rebootless.wire.HoldRequest;
import io.rebootless.wire.Touched;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** What a hold would do, before it does. */
@Service
class HoldPreview {
    private final JdbcClient jdbc;
    private final Groups groups;

    HoldPreview(JdbcClient jdbc, Groups groups) {
        this.jdbc = jdbc;
        this.groups = groups;
    }

    /**
     * The hosts that it would touch, and the CVEs that published bundles for their kernel builds name and the highest
     * level that it lets them run does not.
     */
    Touched of(HoldRequest request) {
        var meant = meant(request);
        String allowed = allowed(request.kind());
        var cves = jdbc.sql(meant.sql() + """
                        , published AS (
                            SELECT b.id, b.build_id, b.level, b.uploaded_at FROM bundle b
                            WHERE b.build_id IN (SELECT build_id FROM meant)
                              AND NOT EXISTS (SELECT FROM bundle_withdrawal w WHERE w.bundle_id = b.id)
                        )
                        SELECT DISTINCT c.cve
                        FROM meant m JOIN published b ON b.build_id = m.build_id JOIN bundle_cve c ON c.bundle_id = b.id
                        WHERE NOT EXISTS (
                            SELECT FROM published a JOIN bundle_cve k ON k.bundle_id = a.id
                            WHERE a.build_id = m.build_id AND k.cve = c.cve AND %s)
                        ORDER BY c.cve LIMIT :limit
                        """.formatted(allowed))
                .params(meant.parameters())
                .param("limit", Touched.MAX_CVES)
                .query((row, number) -> row.getString("cve"))
                .list();
        var touched = hosts(meant, allowed, (level, best) -> detail(request.kind(), level, best));
        return new Touched(touched.count(), touched.hosts(), cves);
    }

    /** The hosts that it holds, and the highest level that is published for each: when it comes to them is the rollouts' word. */
    Touched ofLifting(Hold hold) {
        var meant = meant(new HoldRequest(
                hold.kind(),
                hold.host(),
                hold.group(),
                hold.level(),
                hold.publishedUntil(),
                hold.reason(),
                hold.owner(),
                hold.expires()));
        return hosts(meant, "true", (level, best) -> best > level ? "level %d is published".formatted(best) : null);
    }

    /**
     * The hosts that a hold means.
     *
     * @param sql a table expression {@code meant}: id, hostname, build_id and the level that is in force, 0 if none
     */
    private record Meant(String sql, Map<String, Object> parameters) {}

    private Meant meant(HoldRequest request) {
        if (request.host() != null) {
            groups.demandHost(request.host());
        }
        var query = request.group() == null ? HostQuery.ALL : groups.selected(request.group(), "");
        Map<String, Object> parameters = new HashMap<>(query.parameters());
        parameters.put("host", request.host());
        parameters.put("level", request.level());
        parameters.put("until", Columns.optionalColumn(request.publishedUntil()));
        return new Meant("""
                WITH meant AS (
                    SELECT h.id, h.hostname, h.build_id,
                           CASE WHEN s.enabled AND NOT s.transition THEN s.level ELSE 0 END AS level
                    FROM host h LEFT JOIN host_state s ON s.host_id = h.id
                    WHERE h.retired_at IS NULL AND (:host::uuid IS NULL OR h.id = :host) AND %s
                )
                """.formatted(query.condition()), parameters);
    }

    /** What is said of a host that runs a level, 0 for none, and may run another one at most, 0 for none. */
    private interface Becoming {
        @Nullable
        String of(long level, long best);
    }

    private Touched hosts(Meant meant, String allowed, Becoming becoming) {
        long count = jdbc.sql(meant.sql() + "SELECT count(*) FROM meant")
                .params(meant.parameters())
                .query(Long.class)
                .single();
        var hosts = jdbc.sql(meant.sql() + """
                        SELECT id, hostname, level,
                               (SELECT max(a.level) FROM bundle a
                                WHERE a.build_id = m.build_id AND %s
                                  AND NOT EXISTS (SELECT FROM bundle_withdrawal w WHERE w.bundle_id = a.id)) AS best
                        FROM meant m ORDER BY hostname, id LIMIT :limit
                        """.formatted(allowed))
                .params(meant.parameters())
                .param("limit", Touched.MAX_HOSTS)
                .query((row, number) -> new Touched.Host(
                        row.getObject("id", UUID.class),
                        row.getString("hostname"),
                        row.getLong("level"),
                        becoming.of(row.getLong("level"), row.getLong("best"))))
                .list();
        return new Touched(count, hosts, List.of());
    }

    /** Of a published bundle: whether a host may be protected by it all the same. */
    private static String allowed(HoldKind kind) {
        return switch (kind) {
            case STAY -> "a.level <= m.level";
            case LEVEL -> "a.level <= :level";
            case DATE -> "a.uploaded_at <= :until";
            case NONE -> "false";
        };
    }

    /**
     * What becomes of a host.
     *
     * @param level that it runs, 0 if none
     * @param best the highest that it may run, 0 if none
     */
    private static @Nullable String detail(HoldKind kind, long level, long best) {
        if (kind == HoldKind.STAY || level <= best) {
            return null;
        }
        return best == 0
                ? "level %d is reverted".formatted(level)
                : "it goes back from level %d, to level %d at most".formatted(level, best);
    }
}
