package io.rebootless.server.audit;

import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes entries down, each in the transaction of the change that it tells of: neither is ever without the other. Nor is
 * there a change by somebody who, by then, may make none any more.
 */
@Service
public class AuditLog {
    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Entitlement entitlement;
    private final Clock clock;

    AuditLog(JdbcClient jdbc, JsonMapper json, Entitlement entitlement, Clock clock) {
        this.jdbc = jdbc;
        this.json = json;
        this.entitlement = entitlement;
        this.clock = clock;
    }

    /**
     * Records what the caller of the request under way does, or the server itself where there is none.
     *
     * @param subject what was changed: {@code host:…}, {@code bundle:…}, …
     * @param detail never a secret
     * @throws io.rebootless.server.problem.ProblemException if the caller's key was good for it only when the request
     *     began
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void record(AuditAction action, String subject, Map<String, ?> detail) {
        record(caller(), action, subject, detail);
    }

    /** Records the same for an actor that the request's security context does not know. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void record(Actor actor, AuditAction action, String subject, Map<String, ?> detail) {
        entitlement.confirm(actor);
        jdbc.sql("""
                        INSERT INTO audit_entry (at, actor_kind, actor_id, actor_name, action, subject, detail)
                        VALUES (:at, :kind, :actor, :name, :action, :subject, :detail)
                        """)
                .param("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .param("kind", actor.kind().name())
                .param("actor", actor.id())
                .param("name", actor.name())
                .param("action", action.word())
                .param("subject", subject)
                .param("detail", json.writeValueAsString(new TreeMap<>(detail)))
                .update();
    }

    /**
     * Asks whether the caller may still do what is no change to be recorded.
     *
     * @throws io.rebootless.server.problem.ProblemException as {@link #record} does
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void confirm() {
        entitlement.confirm(caller());
    }

    private static Actor caller() {
        var authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication != null && authentication.getPrincipal() instanceof Actor actor ? actor : Actor.server();
    }
}
