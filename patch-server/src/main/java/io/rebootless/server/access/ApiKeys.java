package io.rebootless.server.access;

import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.cluster.Signals;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.AgentProtocol;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The API keys, as an admin makes, lists and revokes them. Every change is audited and told to every server. */
@Service
class ApiKeys {
    private final ApiKeyRows rows;
    private final KeysInForce inForce;
    private final AuditLog audit;
    private final Signals signals;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    ApiKeys(ApiKeyRows rows, KeysInForce inForce, AuditLog audit, Signals signals, Clock clock) {
        this.rows = rows;
        this.inForce = inForce;
        this.audit = audit;
        this.signals = signals;
        this.clock = clock;
    }

    /** A key at the only moment at which it can be shown. */
    record Created(ApiKeyRow row, Secret secret) {}

    @Transactional
    public Created create(String name, Role role, @Nullable Integer validDays) {
        var secret = Secret.create(AgentProtocol.API_KEY_PREFIX, random);
        Instant now = clock.instant();
        Instant expires =
                validDays == null ? null : now.plus(Duration.ofDays(validDays)).truncatedTo(ChronoUnit.SECONDS);
        var row = new ApiKeyRow(UUID.randomUUID(), name, role, secret.hash().hex(), now, expires);
        try {
            rows.saveAndFlush(row);
        } catch (DataIntegrityViolationException taken) {
            throw taken();
        }
        var detail = new java.util.TreeMap<String, Object>(Map.of("name", name, "role", role.word()));
        if (expires != null) {
            detail.put("expires", expires.toString());
        }
        audit.record(AuditAction.API_KEY_CREATED, subject(row), detail);
        tell(row);
        return new Created(row, secret);
    }

    @Transactional(readOnly = true)
    public List<ApiKeyRow> all() {
        return rows.findAllByOrderByCreatedAtAscIdAsc();
    }

    /**
     * Ends a key; a repeat changes nothing.
     *
     * @param by the key that says so; may be the very same
     */
    @Transactional
    public void revoke(UUID id, UUID by) {
        // First of all: of several who revoke it at once one finds it in force, and two who revoke each other take
        // turns.
        inForce.lock(id, by);
        ApiKeyRow row = rows.findById(id).orElseThrow(() -> ProblemType.NOT_FOUND.because("There is no API key " + id));
        if (row.name.equals(AdminKeyFile.NAME)) {
            throw ProblemType.BAD_PARAMETER.because(
                    "The key in the file admin.key cannot be revoked here.",
                    "Write another key into admin.key.new beside it and start the server again.");
        }
        if (row.revokedAt != null) {
            return;
        }
        // While it is in force: it may be the caller's own, which is to do this much.
        audit.record(AuditAction.API_KEY_REVOKED, subject(row), Map.of("name", row.name, "role", row.role.word()));
        row.revokedAt = clock.instant();
        rows.saveAndFlush(row);
        tell(row);
    }

    private void tell(ApiKeyRow row) {
        signals.send(new Signal(Signal.Topic.API_KEY, row.id.toString()));
    }

    static String subject(ApiKeyRow row) {
        return "api-key:" + row.id;
    }

    private static ProblemException taken() {
        return ProblemType.API_KEY_NAME_TAKEN.because("There is an API key of that name, and it is not revoked.");
    }
}
