package io.rebootless.server.access;

import io.rebootless.server.access.ApiKeys.Created;
import io.rebootless.server.problem.Answers;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.Limits;
import io.rebootless.wire.Page;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** API keys: made, listed and revoked by an admin. */
@RestController
@RequestMapping("/api/v1/api-keys")
final class ApiKeyController {
    private static final int MAX_DAYS = 3650;

    private final ApiKeys keys;
    private final KnownApiKeys known;
    private final Clock clock;

    ApiKeyController(ApiKeys keys, KnownApiKeys known, Clock clock) {
        this.keys = keys;
        this.known = known;
        this.clock = clock;
    }

    /**
     * Asks for a key.
     *
     * @param name for people, 1 to 100 characters
     * @param validDays how long it works, 1 to 3650; until it is revoked if absent
     */
    record Request(String name, Role role, @Nullable Integer validDays) {
        Request {
            Limits.name("name", name, 100);
            Objects.requireNonNull(role, "role");
            if (role == Role.HOST) {
                throw new IllegalArgumentException("role: one of viewer, operator, publisher, admin");
            }
            if (validDays != null && (validDays < 1 || validDays > MAX_DAYS)) {
                throw new IllegalArgumentException(
                        "validDays: 1 to %d expected, not %d".formatted(MAX_DAYS, validDays));
            }
        }
    }

    /**
     * A key as it is known.
     *
     * @param state a revoked one stays in the list, for the audit log names it by its id
     * @param expires absent for one that works until it is revoked
     * @param lastUsed to the minute
     * @param key only in the answer to its making: secret
     */
    record View(
            UUID id,
            String name,
            Role role,
            KeyState state,
            Instant created,
            @Nullable Instant expires,
            @Nullable Instant revoked,
            @Nullable Instant lastUsed,
            @Nullable String key) {
        static View of(ApiKeyRow row, Instant now, @Nullable String key) {
            return new View(
                    row.id,
                    row.name,
                    row.role,
                    row.state(now),
                    row.createdAt,
                    row.expiresAt,
                    row.revokedAt,
                    row.usedAt,
                    key);
        }

        @Override
        public String toString() {
            return "View[%s, %s]".formatted(id, name);
        }
    }

    /** Makes an API key, and shows it this once. */
    @Answers(value = 201, problems = ProblemType.API_KEY_NAME_TAKEN)
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<View> create(@RequestBody Request request) {
        Created created = keys.create(request.name(), request.role(), request.validDays());
        known.addOnceCommitted(created.row());
        return ResponseEntity.status(HttpStatus.CREATED)
                .cacheControl(CacheControl.noStore())
                .body(View.of(created.row(), clock.instant(), created.secret().text()));
    }

    /** Lists the API keys, never the secrets: all of them in one part. */
    @GetMapping
    Page<View> list() {
        Instant now = clock.instant();
        return new Page<>(
                keys.all().stream().map(row -> View.of(row, now, null)).toList(), null);
    }

    /** Revokes an API key. */
    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@AuthenticationPrincipal Caller caller, @PathVariable("id") UUID id) {
        keys.revoke(id, caller.uuid());
        known.reread();
    }
}
