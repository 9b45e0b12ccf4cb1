package io.rebootless.server.fleet;

import io.rebootless.server.access.Secret;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.settings.Settings;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.EnrollmentKey;
import io.rebootless.wire.EnrollmentKeyRequest;
import io.rebootless.wire.EnrollmentRequest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Enrolment keys, and the hosts that join with them. A key's use and the host it buys are one transaction. */
@Service
class Enrolling {
    private static final Logger LOG = LoggerFactory.getLogger(Enrolling.class);

    private final JdbcClient jdbc;
    private final HostColumns columns;
    private final Settings settings;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    Enrolling(JdbcClient jdbc, HostColumns columns, Settings settings, Clock clock) {
        this.jdbc = jdbc;
        this.columns = columns;
        this.settings = settings;
        this.clock = clock;
    }

    private record Used(UUID key, Map<String, String> labels) {}

    @Transactional
    public EnrollmentKey createKey(EnrollmentKeyRequest request) {
        var secret = Secret.create(AgentProtocol.ENROLLMENT_KEY_PREFIX, random);
        Instant now = clock.instant();
        Instant expires = now.plus(Duration.ofHours(request.validHours())).truncatedTo(ChronoUnit.SECONDS);
        UUID id = UUID.randomUUID();
        Map<String, String> labels = request.labels() == null ? Map.of() : request.labels();
        jdbc.sql("""
                        INSERT INTO enrollment_key (id, key_hash, name, uses_left, labels, created_at, expires_at)
                        VALUES (:id, :hash, :name, :uses, :labels::jsonb, :created, :expires)
                        """)
                .param("id", id)
                .param("hash", secret.hash().hex())
                .param("name", request.name())
                .param("uses", request.uses())
                .param("labels", columns.labels(labels))
                .param("created", HostColumns.column(now))
                .param("expires", HostColumns.column(expires))
                .update();
        return new EnrollmentKey(id, secret.text(), request.name(), request.uses(), expires, labels);
    }

    /**
     * Takes a host in.
     *
     * @throws ProblemException {@code enrollment-key-invalid}, {@code enrollment-key-expired} or {@code
     *     enrollment-key-used-up}
     */
    @Transactional
    public Enrollment enroll(EnrollmentRequest request) {
        Instant now = clock.instant();
        String keyHash = new Secret(request.key()).hash().hex();
        Used used = use(keyHash, now);
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
                .param("labels", columns.labels(used.labels()))
                .param("release", kernel.release())
                .param("version", kernel.version())
                .param("machine", kernel.machine())
                .param("buildId", kernel.buildId().hex())
                .param("agent", request.agentVersion())
                .param("key", used.key())
                .param("enrolled", HostColumns.column(now))
                .update();
        LOG.info("host {} has joined as {}", id, request.hostname());
        return new Enrollment(
                AgentProtocol.VERSION,
                id,
                token.text(),
                used.labels(),
                settings.fleet().pollSeconds());
    }

    /** One statement takes one use: two hosts never share the last one. */
    private Used use(String keyHash, Instant now) {
        return jdbc.sql("""
                        UPDATE enrollment_key SET uses_left = uses_left - 1
                        WHERE key_hash = :hash AND uses_left > 0 AND expires_at > :now
                        RETURNING id, labels::text AS labels
                        """)
                .param("hash", keyHash)
                .param("now", HostColumns.column(now))
                .query((row, number) ->
                        new Used(row.getObject("id", UUID.class), columns.labels(row.getString("labels"))))
                .optional()
                .orElseThrow(() -> refusal(keyHash, now));
    }

    private ProblemException refusal(String keyHash, Instant now) {
        var expires = jdbc.sql("SELECT expires_at FROM enrollment_key WHERE key_hash = :hash")
                .param("hash", keyHash)
                .query((row, number) -> HostColumns.instant(row, "expires_at"))
                .optional();
        String remedy = "Ask for a new enrolment key: POST /api/v1/enrollment-keys.";
        if (expires.isEmpty()) {
            return ProblemType.ENROLLMENT_KEY_INVALID.because("The server does not know this enrolment key.", remedy);
        }
        if (!expires.get().isAfter(now)) {
            return ProblemType.ENROLLMENT_KEY_EXPIRED.because("It has expired at %s.".formatted(expires.get()), remedy);
        }
        return ProblemType.ENROLLMENT_KEY_USED_UP.because("As many hosts as it was made for have joined.", remedy);
    }
}
