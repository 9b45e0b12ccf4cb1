package io.rebootless.wire;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An API key: {@code GET} and {@code POST /api/v1/api-keys}.
 *
 * @param id its name in lists and in the audit log
 * @param name for people
 * @param role viewer, operator, publisher or admin
 * @param state active, expired or revoked
 * @param created when
 * @param expires absent for one that works until it is revoked
 * @param revoked when
 * @param lastUsed to the minute
 * @param key only in the answer to its making: secret
 */
public record ApiKeyInfo(
        UUID id,
        String name,
        String role,
        String state,
        Instant created,
        @Nullable Instant expires,
        @Nullable Instant revoked,
        @Nullable Instant lastUsed,
        @Nullable String key) {
    /** Without the key. */
    @Override
    public String toString() {
        return "ApiKeyInfo[%s, %s]".formatted(id, name);
    }
}
