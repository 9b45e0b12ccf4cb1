package io.rebootless.server.fleet;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.access.FailedAttempts;
import io.rebootless.server.access.Secret;
import io.rebootless.server.audit.Actor;
import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.cluster.Signals;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.settings.Settings;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.EnrollmentRequest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The hosts that join with an enrolment key. A key's use and the host it buys are one transaction. */
@Service
class Enrolling {
    private static final Logger LOG = LoggerFactory.getLogger(Enrolling.class);

    private final JdbcClient jdbc;
    private final HostColumns columns;
    private final AuditLog audit;
    private final FailedAttempts failures;
    private final Signals signals;
    private final Settings settings;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    Enrolling(
            JdbcClient jdbc,
            HostColumns columns,
            AuditLog audit,
            FailedAttempts failures,
            Signals signals,
            Settings settings,
            Clock clock) {
        this.jdbc = jdbc;
        this.columns = columns;
        this.audit = audit;
        this.failures = failures;
        this.signals = signals;
        this.settings = settings;
        this.clock = clock;
    }

    private record Used(UUID key, String name, Map<String, String> labels) {}

    /**
     * To be asked before a host is taken in, and before anything is asked of the database.
     *
     * @param address where it comes from
     * @throws ProblemException {@code too-many-failures}
     */
    public void admit(EnrollmentRequest request, String address) {
        failures.admit(address, new Secret(request.key()).hash());
    }

    /**
     * Takes a host in.
     *
     * @param address where it comes from
     * @throws ProblemException {@code enrollment-key-invalid}, {@code -expired}, {@code -revoked} or {@code -used-up}
     */
    @Transactional
    public Enrollment enroll(EnrollmentRequest request, String address) {
        Instant now = clock.instant();
        Sha256 keyHash = new Secret(request.key()).hash();
        Used used = use(keyHash, address, now);
        var token = Secret.create(AgentProtocol.HOST_TOKEN_PREFIX, random);
        UUID id = UUID.randomUUID();
        var kernel = request.kernel();
        jdbc.sql("""
                        INSERT INTO host (id, token_hash, hostname, machine_id, labels, kernel_release, kernel_version,
                                          machine, build_id, agent_version, enrollment_key_id, enrolled_at)
                        VALUES (:id, :hash, :hostname, :machineId, :labels::jsonb, :release, :version,
                                :machine, :buildId, :agent, :key, :enrolled)
                        """)
                .param("id", id)
                .param("hash", token.hash().hex())
                .param("hostname", request.hostname())
                .param("machineId", request.machineId())
                .param("labels", columns.asJson(used.labels()))
                .param("release", kernel.release())
                .param("version", kernel.version())
                .param("machine", kernel.machine())
                .param("buildId", kernel.buildId().hex())
                .param("agent", request.agentVersion())
                .param("key", used.key())
                .param("enrolled", Columns.column(now))
                .update();
        audit.record(
                Actor.of(Actor.Kind.ENROLLMENT_KEY, used.key().toString(), used.name()),
                AuditAction.HOST_ENROLLED,
                TokenReplacement.subject(id),
                Map.of(
                        "hostname",
                        request.hostname(),
                        "machineId",
                        request.machineId(),
                        "address",
                        address,
                        "kernel",
                        kernel.release()));
        failures.vouch(id, Set.of(token.hash()));
        signals.send(new Signal(Signal.Topic.HOST, id.toString()));
        LOG.info("host {} has joined as {}", id, request.hostname());
        return new Enrollment(
                AgentProtocol.VERSION,
                id,
                token.text(),
                used.labels(),
                settings.fleet().pollSeconds());
    }

    /** One statement takes one use: two hosts never share the last one. */
    private Used use(Sha256 keyHash, String address, Instant now) {
        return jdbc.sql("""
                        UPDATE enrollment_key SET uses_left = uses_left - 1
                        WHERE key_hash = :hash AND uses_left > 0 AND expires_at > :now AND revoked_at IS NULL
                        RETURNING id, name, labels::text AS labels
                        """)
                .param("hash", keyHash.hex())
                .param("now", Columns.column(now))
                .query((row, number) -> new Used(
                        row.getObject("id", UUID.class),
                        row.getString("name"),
                        columns.labels(row.getString("labels"))))
                .optional()
                .orElseThrow(() -> refusal(keyHash, address, now));
    }

    private ProblemException refusal(Sha256 keyHash, String address, Instant now) {
        record Known(Instant expires, @Nullable Instant revoked) {}
        var known = jdbc.sql("SELECT expires_at, revoked_at FROM enrollment_key WHERE key_hash = :hash")
                .param("hash", keyHash.hex())
                .query((row, number) ->
                        new Known(Columns.instant(row, "expires_at"), Columns.optionalInstant(row, "revoked_at")))
                .optional();
        String remedy = "Ask an operator for a new enrolment key (rebootless enrollment create).";
        if (known.isEmpty()) {
            failures.unknown(address, keyHash);
            return ProblemType.ENROLLMENT_KEY_INVALID.because("The server does not know this enrolment key.", remedy);
        }
        failures.worthless(keyHash);
        if (known.get().revoked() != null) {
            return ProblemType.ENROLLMENT_KEY_REVOKED.because(
                    "It was revoked at %s.".formatted(known.get().revoked()), remedy);
        }
        if (!known.get().expires().isAfter(now)) {
            return ProblemType.ENROLLMENT_KEY_EXPIRED.because(
                    "It has expired at %s.".formatted(known.get().expires()), remedy);
        }
        return ProblemType.ENROLLMENT_KEY_USED_UP.because("As many hosts as it was made for have joined.", remedy);
    }
}
