package io.rebootless.server.holds;

import io.rebootless.server.groups.Groups;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.Hold;
import io.rebootless.wire.HoldKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** The holds that stand. Which hosts a group's hold concerns is asked of the database each time: groups change. */
@Service
public class Holds {
    static final String COLUMNS = """
            SELECT id, kind, host_id, group_name, level, published_until, reason, owner, expires_at, created_by, created_at
            FROM host_hold WHERE lifted_at IS NULL AND (expires_at IS NULL OR expires_at > now())
            """;

    private final JdbcClient jdbc;
    private final Groups groups;

    Holds(JdbcClient jdbc, Groups groups) {
        this.jdbc = jdbc;
        this.groups = groups;
    }

    /** Those that concern one host now. */
    public List<HostHold> of(UUID host) {
        var found = new ArrayList<HostHold>();
        var standing = jdbc.sql(COLUMNS + "AND (host_id = :host OR host_id IS NULL)")
                .param("host", host)
                .query((row, number) -> hold(row))
                .list();
        for (Hold hold : standing) {
            if (concerns(hold, host)) {
                found.add(view(hold));
            }
        }
        return found;
    }

    private boolean concerns(Hold hold, UUID host) {
        if (hold.host() != null) {
            return hold.host().equals(host);
        }
        if (hold.group() == null) {
            return true;
        }
        return groups.contains(hold.group(), host);
    }

    /** Which hosts are kept from a bundle of this level that was published then, and by what, in words for people. */
    public Function<UUID, Optional<String>> keepingFrom(long level, Instant published) {
        var byHost = new HashMap<UUID, String>();
        String everybody = null;
        for (Hold hold : standing()) {
            HostHold one = view(hold);
            if (!one.keepsFrom(level, published)) {
                continue;
            }
            if (hold.host() != null) {
                byHost.put(hold.host(), one.words());
            } else if (hold.group() != null) {
                groups.hosts(hold.group()).forEach(host -> byHost.put(host, one.words()));
            } else {
                everybody = one.words();
            }
        }
        String all = everybody;
        return host -> Optional.ofNullable(byHost.getOrDefault(host, all));
    }

    private List<Hold> standing() {
        return jdbc.sql(COLUMNS).query((row, number) -> hold(row)).list();
    }

    /** The one of this id, if it stands. */
    Optional<Hold> find(UUID id) {
        return jdbc.sql(COLUMNS + "AND id = :id")
                .param("id", id)
                .query((row, number) -> hold(row))
                .optional();
    }

    /** The newest first. */
    List<Hold> list(@Nullable OffsetDateTime before, UUID after, int limit) {
        return jdbc.sql(COLUMNS + """
                        AND (:before::timestamptz IS NULL OR created_at < :before
                             OR (created_at = :before AND id > :after))
                        ORDER BY created_at DESC, id LIMIT :limit
                        """)
                .param("before", before)
                .param("after", after)
                .param("limit", limit)
                .query((row, number) -> hold(row))
                .list();
    }

    private static HostHold view(Hold hold) {
        return new HostHold(
                hold.id(),
                hold.kind(),
                hold.level(),
                hold.publishedUntil(),
                hold.owner(),
                hold.reason(),
                hold.expires());
    }

    static Hold hold(ResultSet row) throws SQLException {
        return new Hold(
                row.getObject("id", UUID.class),
                HoldKind.valueOf(row.getString("kind")),
                row.getObject("host_id", UUID.class),
                row.getString("group_name"),
                row.getObject("level", Long.class),
                Columns.optionalInstant(row, "published_until"),
                row.getString("reason"),
                row.getString("owner"),
                Columns.optionalInstant(row, "expires_at"),
                row.getString("created_by"),
                Columns.instant(row, "created_at"));
    }
}
