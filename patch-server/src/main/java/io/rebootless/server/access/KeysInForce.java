package io.rebootless.server.access;

import io.rebootless.server.audit.Actor;
import io.rebootless.server.audit.Entitlement;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Whether an API key is in force at the moment of a change, which is not that of the request's beginning: the key's row
 * is locked until the change is committed, so that each change is either before the revocation or not made at all.
 */
@Component
class KeysInForce implements Entitlement {
    private final JdbcClient jdbc;
    private final Clock clock;

    KeysInForce(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    private record Ends(@Nullable Instant revoked, @Nullable Instant expires) {}

    /** Asks for API keys alone: what hosts and enrolment keys do is decided under a lock of their own row. */
    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public void confirm(Actor actor) {
        if (actor instanceof Caller caller && caller.kind() == Actor.Kind.API_KEY) {
            turn(caller.uuid(), "pg_advisory_xact_lock_shared");
            // By its hash, too: the key in admin.key keeps its id when another takes its place. When it was last used
            // may
            // be written meanwhile.
            Optional<Ends> ends = jdbc.sql("""
                            SELECT revoked_at, expires_at FROM api_key WHERE id = :id AND key_hash = :hash
                            FOR KEY SHARE
                            """)
                    .param("id", caller.uuid())
                    .param("hash", caller.secret().hex())
                    .query((row, number) -> new Ends(moment(row, "revoked_at"), moment(row, "expires_at")))
                    .optional();
            if (ends.isEmpty()) {
                throw replaced();
            }
            Instant revoked = ends.get().revoked();
            Instant expires = ends.get().expires();
            if (revoked != null || (expires != null && !expires.isAfter(clock.instant()))) {
                throw ended(revoked, expires);
            }
        }
    }

    /** Waits until nobody else changes these keys; always in one order, so that nobody waits for each other. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void lock(UUID one, UUID other) {
        Stream.of(one, other).distinct().sorted().forEach(key -> turn(key, "pg_advisory_xact_lock"));
        jdbc.sql("SELECT id FROM api_key WHERE id IN (:ids) ORDER BY id FOR UPDATE")
                .param("ids", List.of(one, other))
                .query(UUID.class)
                .list();
    }

    /**
     * Those who wait for such a lock are served in the order in which they came. Not so with a row's: who shares it lets
     * in others that share it past one who waits to have it alone, and a busy key could hold up its own revocation.
     */
    private void turn(UUID key, String lock) {
        jdbc.sql("SELECT %s(hashtextextended('api key ' || :key, 0))".formatted(lock))
                .param("key", key.toString())
                .query((row, number) -> 0)
                .single();
    }

    /** Why a key opens nothing that was revoked, or else has expired. */
    static ProblemException ended(@Nullable Instant revoked, @Nullable Instant expired) {
        return refusal(
                revoked == null
                        ? "This API key has expired at %s.".formatted(expired)
                        : "This API key was revoked at %s.".formatted(revoked),
                "Ask an admin for a new one.");
    }

    /** Why a key opens nothing that is not known any more. */
    static ProblemException replaced() {
        return refusal("Another API key has taken the place of this one.", "Show the one in admin.key.");
    }

    private static ProblemException refusal(String why, String remedy) {
        return ProblemType.UNAUTHENTICATED
                .because(why, remedy)
                .with(HttpHeaders.WWW_AUTHENTICATE, BearerFilter.CHALLENGE);
    }

    private static @Nullable Instant moment(ResultSet row, String column) throws SQLException {
        OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? null : moment.toInstant();
    }
}
