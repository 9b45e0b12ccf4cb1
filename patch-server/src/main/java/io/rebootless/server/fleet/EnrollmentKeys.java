package io.rebootless.server.fleet;

import io.rebootless.server.access.FailedAttempts;
import io.rebootless.server.access.Secret;
import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.cluster.Signals;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.EnrollmentKey;
import io.rebootless.wire.EnrollmentKeyInfo;
import io.rebootless.wire.EnrollmentKeyInfo.State;
import io.rebootless.wire.EnrollmentKeyRequest;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The enrolment keys, as an operator makes, lists and revokes them. */
@Service
class EnrollmentKeys {
    private static final String KEYS = """
            SELECT id, name, uses, uses_left, labels::text AS labels, created_at, expires_at, revoked_at
            FROM enrollment_key
            """;

    private final JdbcClient jdbc;
    private final HostColumns columns;
    private final AuditLog audit;
    private final FailedAttempts failures;
    private final Signals signals;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    EnrollmentKeys(
            JdbcClient jdbc,
            HostColumns columns,
            AuditLog audit,
            FailedAttempts failures,
            Signals signals,
            Clock clock) {
        this.jdbc = jdbc;
        this.columns = columns;
        this.audit = audit;
        this.failures = failures;
        this.signals = signals;
        this.clock = clock;
    }

    /** A place in the list, which begins with the newest. */
    record Position(Instant created, UUID id) {
        static final Position NEWEST = new Position(Instant.parse("9999-12-31T00:00:00Z"), new UUID(-1, -1));
    }

    @Transactional
    public EnrollmentKey create(EnrollmentKeyRequest request) {
        var secret = Secret.create(AgentProtocol.ENROLLMENT_KEY_PREFIX, random);
        Instant now = clock.instant();
        Instant expires = now.plus(Duration.ofHours(request.validHours())).truncatedTo(ChronoUnit.SECONDS);
        UUID id = UUID.randomUUID();
        Map<String, String> labels = request.labels() == null ? Map.of() : request.labels();
        jdbc.sql("""
                        INSERT INTO enrollment_key (id, key_hash, name, uses, uses_left, labels, created_at, expires_at)
                        VALUES (:id, :hash, :name, :uses, :uses, :labels::jsonb, :created, :expires)
                        """)
                .param("id", id)
                .param("hash", secret.hash().hex())
                .param("name", request.name())
                .param("uses", request.uses())
                .param("labels", columns.asJson(labels))
                .param("created", Columns.column(now))
                .param("expires", Columns.column(expires))
                .update();
        audit.record(
                AuditAction.ENROLLMENT_KEY_CREATED,
                subject(id),
                Map.of(
                        "name",
                        request.name(),
                        "uses",
                        request.uses(),
                        "expires",
                        expires.toString(),
                        "labels",
                        labels));
        failures.vouch(id, Set.of(secret.hash()));
        signals.send(new Signal(Signal.Topic.ENROLLMENT_KEY, id.toString()));
        return new EnrollmentKey(id, secret.text(), request.name(), request.uses(), expires, labels);
    }

    List<EnrollmentKeyInfo> before(Position position, int limit) {
        return jdbc.sql(KEYS + """
                        WHERE (created_at, id) < (:created, :id) ORDER BY created_at DESC, id DESC LIMIT :limit
                        """)
                .param("created", Columns.column(position.created()))
                .param("id", position.id())
                .param("limit", limit)
                .query((row, number) -> info(row))
                .list();
    }

    Optional<EnrollmentKeyInfo> find(UUID id) {
        return jdbc.sql(KEYS + "WHERE id = :id")
                .param("id", id)
                .query((row, number) -> info(row))
                .optional();
    }

    /**
     * Ends a key: no host joins with it any more; those that have stay. A repeat changes nothing.
     *
     * @return whether there is such a key
     */
    @Transactional
    public boolean revoke(UUID id) {
        var revoked = jdbc.sql("""
                        UPDATE enrollment_key SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL RETURNING name
                        """)
                .param("id", id)
                .param("now", Columns.column(clock.instant()))
                .query(String.class)
                .optional();
        revoked.ifPresent(name -> audit.record(AuditAction.ENROLLMENT_KEY_REVOKED, subject(id), Map.of("name", name)));
        return revoked.isPresent() || find(id).isPresent();
    }

    private EnrollmentKeyInfo info(ResultSet row) throws SQLException {
        Instant expires = Columns.instant(row, "expires_at");
        Instant revoked = Columns.optionalInstant(row, "revoked_at");
        int left = row.getInt("uses_left");
        return new EnrollmentKeyInfo(
                row.getObject("id", UUID.class),
                row.getString("name"),
                state(revoked, expires, left, clock.instant()),
                row.getInt("uses"),
                left,
                Columns.instant(row, "created_at"),
                expires,
                revoked,
                columns.labels(row.getString("labels")));
    }

    /** The one word that an operator needs, where several would be true. */
    static State state(@Nullable Instant revoked, Instant expires, int usesLeft, Instant now) {
        if (revoked != null) {
            return State.REVOKED;
        }
        if (!expires.isAfter(now)) {
            return State.EXPIRED;
        }
        return usesLeft == 0 ? State.USED_UP : State.ACTIVE;
    }

    private static String subject(UUID id) {
        return "enrollment-key:" + id;
    }
}
