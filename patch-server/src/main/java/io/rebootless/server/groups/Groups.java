package io.rebootless.server.groups;

import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.cluster.Signals;
import io.rebootless.server.problem.Paging;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.GroupMembership;
import io.rebootless.wire.HostGroup;
import io.rebootless.wire.HostGroupRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The groups, which host is in which, and why. */
@Service
public class Groups {
    private static final String COLUMNS = "SELECT name, query, description, changed_by, changed_at FROM host_group ";
    /** Those that have left are in no group. */
    private static final String MEMBER = "h.retired_at IS NULL";

    private final JdbcClient jdbc;
    private final AuditLog audit;
    private final Signals signals;
    private final Clock clock;

    Groups(JdbcClient jdbc, AuditLog audit, Signals signals, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.signals = signals;
        this.clock = clock;
    }

    /** A group as it is stored. */
    record Definition(
            String name, HostQuery query, @Nullable String description, String changedBy, OffsetDateTime changed) {}

    /**
     * The hosts that two parameters of a request choose together.
     *
     * @param group a group's name; empty for all hosts
     * @param query empty for all hosts
     * @throws io.rebootless.server.problem.ProblemException {@code bad-parameter}
     */
    public HostQuery selected(String group, String query) {
        var asked = query.isEmpty() ? HostQuery.ALL : HostQuery.parse("query", Paging.clean("query", query));
        if (group.isEmpty()) {
            return asked;
        }
        return find(Paging.clean("group", group))
                .orElseThrow(
                        () -> Paging.bad("group", group, "the name of a group", "`rebootless group list` shows them."))
                .query()
                .and(asked);
    }

    /**
     * Keeps a group from being deleted until the transaction under way ends.
     *
     * @throws io.rebootless.server.problem.ProblemException {@code bad-request}, if there is none of this name
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void keep(String name) {
        if (jdbc.sql("SELECT 1 FROM host_group WHERE name = :name FOR SHARE")
                .param("name", name)
                .query(Integer.class)
                .optional()
                .isEmpty()) {
            throw ProblemType.BAD_REQUEST.because(
                    "There is no group %s.".formatted(Paging.clean("group", Paging.brief(name))),
                    "`rebootless group list` shows them.");
        }
    }

    /** The hosts that are in a group now. */
    public List<UUID> hosts(String group) {
        HostQuery query = selected(group, "");
        return jdbc.sql("SELECT h.id FROM host h WHERE %s AND %s".formatted(MEMBER, query.condition()))
                .params(query.parameters())
                .query((row, number) -> row.getObject("id", UUID.class))
                .list();
    }

    /** Whether a host is in a group now. */
    public boolean contains(String group, UUID host) {
        HostQuery query = selected(group, "");
        return jdbc.sql("SELECT 1 FROM host h WHERE h.id = :host AND %s AND %s".formatted(MEMBER, query.condition()))
                .params(query.parameters())
                .param("host", host)
                .query(Integer.class)
                .optional()
                .isPresent();
    }

    Optional<Definition> find(String name) {
        return jdbc.sql(COLUMNS + "WHERE name = :name")
                .param("name", name)
                .query((row, number) -> definition(row))
                .optional();
    }

    /** Those whose names come after this one, in order. */
    List<Definition> after(String name, int limit) {
        return jdbc.sql(COLUMNS + "WHERE name COLLATE \"C\" > :name ORDER BY name COLLATE \"C\" LIMIT :limit")
                .param("name", name)
                .param("limit", limit)
                .query((row, number) -> definition(row))
                .list();
    }

    /** With the number of hosts in it now. */
    HostGroup counted(Definition group) {
        long hosts = jdbc.sql("SELECT count(*) FROM host h WHERE %s AND %s"
                        .formatted(MEMBER, group.query().condition()))
                .params(group.query().parameters())
                .query(Long.class)
                .single();
        return new HostGroup(
                group.name(),
                group.query().text(),
                group.description(),
                hosts,
                group.changedBy(),
                group.changed().toInstant());
    }

    /**
     * Makes a group, or changes the one of that name; the same again changes nothing.
     *
     * @param query the request's, read
     * @return whether it is new
     */
    @Transactional
    public boolean put(String name, HostQuery query, HostGroupRequest request, String by) {
        var before = find(name);
        boolean fresh = before.isEmpty();
        int changed = jdbc.sql("""
                        INSERT INTO host_group AS old (name, query, description, changed_by, changed_at)
                        VALUES (:name, :query, :description, :by, :at)
                        ON CONFLICT (name) DO UPDATE
                        SET query = excluded.query, description = excluded.description,
                            changed_by = excluded.changed_by, changed_at = excluded.changed_at
                        WHERE old.query <> excluded.query OR old.description IS DISTINCT FROM excluded.description
                        """)
                .param("name", name)
                .param("query", query.text())
                .param("description", request.description())
                .param("by", by)
                .param("at", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        if (changed > 0) {
            var detail = new TreeMap<String, Object>(Map.of("query", query.text()));
            String description = request.description();
            if (description != null) {
                detail.put("description", description);
            }
            audit.record(AuditAction.GROUP_CHANGED, subject(name), detail);
            if (!before.map(was -> was.query().text().equals(query.text())).orElse(false)) {
                // Hosts may be held as the group is.
                signals.send(new Signal(Signal.Topic.GROUP, name));
            }
        }
        return fresh;
    }

    /**
     * Answers whether there was such a group.
     *
     * @throws io.rebootless.server.problem.ProblemException {@code group-in-use}, if hosts are held by it
     */
    @Transactional
    public boolean delete(String name) {
        Optional<String> query = jdbc.sql("DELETE FROM host_group WHERE name = :name RETURNING query")
                .param("name", name)
                .query(String.class)
                .optional();
        // After it is deleted: whoever makes a hold of it locks it first.
        long holds = jdbc.sql("""
                        SELECT count(*) FROM host_hold
                        WHERE group_name = :name AND lifted_at IS NULL AND (expires_at IS NULL OR expires_at > now())
                        """).param("name", name).query(Long.class).single();
        if (holds > 0) {
            throw ProblemType.GROUP_IN_USE.because(
                    "%s of the group %s.".formatted(holds == 1 ? "1 hold is" : holds + " holds are", name));
        }
        query.ifPresent(was -> audit.record(AuditAction.GROUP_DELETED, subject(name), Map.of("query", was)));
        return query.isPresent();
    }

    /**
     * Asks whether there is such a host in the fleet.
     *
     * @throws io.rebootless.server.problem.ProblemException {@code not-found}
     */
    public void demandHost(UUID host) {
        boolean there = jdbc.sql("SELECT 1 FROM host h WHERE h.id = :host AND " + MEMBER)
                .param("host", host)
                .query(Integer.class)
                .optional()
                .isPresent();
        if (!there) {
            throw ProblemType.NOT_FOUND.because("There is no host %s in the fleet.".formatted(host));
        }
    }

    /** Why a host is or is not in a group; empty if there is no such host in the fleet. */
    Optional<GroupMembership> explain(UUID host, Definition group) {
        var comparisons = group.query().comparisons();
        var columns =
                new StringBuilder("SELECT %s AS member".formatted(group.query().condition()));
        for (int i = 0; i < comparisons.size(); i++) {
            columns.append(", %s AS value%d, %s AS holds%d"
                    .formatted(comparisons.get(i).value(), i, comparisons.get(i).condition(), i));
        }
        return jdbc.sql(columns + " FROM host h WHERE h.id = :host AND " + MEMBER)
                .params(group.query().parameters())
                .param("host", host)
                .query((row, number) -> {
                    var explained = new ArrayList<GroupMembership.Comparison>();
                    for (int i = 0; i < comparisons.size(); i++) {
                        explained.add(new GroupMembership.Comparison(
                                comparisons.get(i).text(), row.getString("value" + i), row.getBoolean("holds" + i)));
                    }
                    return new GroupMembership(group.name(), group.query().text(), row.getBoolean("member"), explained);
                })
                .optional();
    }

    private static String subject(String name) {
        return "group:" + name;
    }

    private static Definition definition(ResultSet row) throws SQLException {
        String name = row.getString("name");
        return new Definition(
                name,
                HostQuery.parse("the query of group " + name, row.getString("query")),
                row.getString("description"),
                row.getString("changed_by"),
                row.getObject("changed_at", OffsetDateTime.class));
    }
}
