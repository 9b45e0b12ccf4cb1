package io.rebootless.server.rollout;

import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.NamedPlan;
import io.rebootless.wire.RolloutPlan;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The plans: those that people have written, and those that are there without. */
@Service
class Plans {
    /** Applies where nobody has chosen another. */
    static final String DEFAULT = "default";

    /** What a name means that nobody has written a plan for. */
    private static final Map<String, RolloutPlan> BUILT_IN =
            Map.of(DEFAULT, RolloutPlan.CAREFUL, "careful", RolloutPlan.CAREFUL, "at-once", RolloutPlan.AT_ONCE);

    private static final Logger LOG = LoggerFactory.getLogger(Plans.class);

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final AuditLog audit;
    private final Clock clock;

    Plans(JdbcClient jdbc, JsonMapper json, AuditLog audit, Clock clock) {
        this.jdbc = jdbc;
        this.json = json;
        this.audit = audit;
        this.clock = clock;
    }

    /** Those of people and the built-in ones, by name. */
    List<NamedPlan> after(String name, int limit) {
        var written = jdbc.sql("SELECT name, plan, changed_by, changed_at FROM rollout_plan")
                .query((row, number) -> plan(row))
                .list();
        var names = written.stream().map(NamedPlan::name).toList();
        return Stream.concat(
                        written.stream(),
                        BUILT_IN.keySet().stream()
                                .filter(one -> !names.contains(one))
                                .map(Plans::builtIn))
                .filter(plan -> plan.name().compareTo(name) > 0)
                .sorted(Comparator.comparing(NamedPlan::name))
                .limit(limit)
                .toList();
    }

    Optional<NamedPlan> find(String name) {
        return jdbc.sql("SELECT name, plan, changed_by, changed_at FROM rollout_plan WHERE name = :name")
                .param("name", name)
                .query((row, number) -> plan(row))
                .optional()
                .or(() -> BUILT_IN.containsKey(name) ? Optional.of(builtIn(name)) : Optional.empty());
    }

    private static NamedPlan builtIn(String name) {
        return new NamedPlan(name, BUILT_IN.getOrDefault(name, RolloutPlan.CAREFUL), null, null);
    }

    /** Whether a name is one of those whose plan nobody can change. */
    static boolean fixed(String name) {
        return BUILT_IN.containsKey(name) && !name.equals(DEFAULT);
    }

    /** Writes a plan, or changes the one of that name; answers whether it is new. */
    @Transactional
    public boolean put(String name, RolloutPlan plan, String by) {
        boolean fresh = jdbc.sql("SELECT 1 FROM rollout_plan WHERE name = :name")
                .param("name", name)
                .query(Integer.class)
                .optional()
                .isEmpty();
        String text = asText(plan);
        int changed = jdbc.sql("""
                        INSERT INTO rollout_plan AS old (name, plan, changed_by, changed_at)
                        VALUES (:name, :plan, :by, :at)
                        ON CONFLICT (name) DO UPDATE
                        SET plan = excluded.plan, changed_by = excluded.changed_by, changed_at = excluded.changed_at
                        WHERE old.plan <> excluded.plan
                        """)
                .param("name", name)
                .param("plan", text)
                .param("by", by)
                .param("at", Columns.column(clock.instant()))
                .update();
        if (changed > 0) {
            audit.record(AuditAction.PLAN_CHANGED, subject(name), Map.of("plan", plan));
        }
        return fresh;
    }

    /** Rollouts that go by it go on; answers whether there was such a plan of people's. */
    @Transactional
    public boolean delete(String name) {
        var plan = jdbc.sql("DELETE FROM rollout_plan WHERE name = :name RETURNING plan")
                .param("name", name)
                .query(String.class)
                .optional();
        plan.ifPresent(was -> audit.record(AuditAction.PLAN_DELETED, subject(name), Map.of("plan", read(was))));
        return plan.isPresent();
    }

    String asText(RolloutPlan plan) {
        return json.writeValueAsString(plan);
    }

    RolloutPlan read(String text) {
        return json.readValue(text, RolloutPlan.class);
    }

    /** A plan that this server cannot read, such as one with a time zone that it does not know, lets nothing go on. */
    RolloutPlan readOrStop(String text) {
        try {
            return read(text);
        } catch (JacksonException | IllegalArgumentException e) {
            LOG.error("a rollout stands still: its plan cannot be read: {}", e.getMessage());
            return RolloutPlan.NEVER;
        }
    }

    private static String subject(String name) {
        return "plan:" + name;
    }

    private NamedPlan plan(ResultSet row) throws SQLException {
        return new NamedPlan(
                row.getString("name"),
                read(row.getString("plan")),
                row.getString("changed_by"),
                Columns.instant(row, "changed_at"));
    }
}
