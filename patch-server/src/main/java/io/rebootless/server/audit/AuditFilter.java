package io.rebootless.server.audit;

import io.rebootless.server.problem.Paging;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * Which entries are wanted.
 *
 * @param conditions to be appended to a WHERE clause on {@code audit_entry e}; empty for all
 * @param parameters of the conditions
 */
record AuditFilter(String conditions, Map<String, Object> parameters) {
    /** What PostgreSQL's timestamps and people's calendars both hold. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    /**
     * From the words of a request; an empty one lets everything through.
     *
     * @param actor the id or the name
     * @param from this moment or later
     * @param to before this moment
     */
    static AuditFilter of(String action, String actor, String subject, String from, String to) {
        var conditions = new StringBuilder();
        var parameters = new TreeMap<String, Object>();
        if (!action.isEmpty()) {
            conditions.append(" AND e.action = :action");
            parameters.put("action", known(action));
        }
        if (!actor.isEmpty()) {
            conditions.append(" AND (e.actor_id = :actor OR e.actor_name = :actor)");
            parameters.put("actor", Paging.clean("actor", actor));
        }
        if (!subject.isEmpty()) {
            conditions.append(" AND e.subject = :subject");
            parameters.put("subject", Paging.clean("subject", subject));
        }
        if (!from.isEmpty()) {
            conditions.append(" AND e.at >= :from");
            parameters.put("from", moment("from", from));
        }
        if (!to.isEmpty()) {
            conditions.append(" AND e.at < :to");
            parameters.put("to", moment("to", to));
        }
        return new AuditFilter(conditions.toString(), parameters);
    }

    StatementSpec bind(StatementSpec statement) {
        return statement.params(parameters);
    }

    private static String known(String action) {
        var words = Arrays.stream(AuditAction.values()).map(AuditAction::word).collect(Collectors.toUnmodifiableSet());
        if (!words.contains(action)) {
            throw Paging.bad(
                    "action",
                    action,
                    words.stream().sorted().collect(Collectors.joining(", ")),
                    "Correct the action's name.");
        }
        return action;
    }

    private static OffsetDateTime moment(String parameter, String text) {
        try {
            Instant moment = OffsetDateTime.parse(text).toInstant();
            return (moment.isBefore(EARLIEST) ? EARLIEST : moment.isAfter(LATEST) ? LATEST : moment)
                    .atOffset(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw Paging.bad(
                    parameter,
                    text,
                    "a date with time and offset, such as 2026-11-25T08:00:00Z or 2026-11-25T09:00:00+01:00 (in a URL"
                            + " %2B01:00)",
                    "Write date, time and offset.");
        }
    }
}
