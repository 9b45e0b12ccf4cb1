package io.rebootless.server.access;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One API key: never the key itself. A revoked one stays. */
@Entity
@Table(name = "api_key")
class ApiKeyRow {
    @Id
    UUID id;

    @Column(nullable = false)
    String name;

    @Enumerated(EnumType.STRING)
    @Column(nullable = false)
    Role role;

    @Column(nullable = false)
    String keyHash;

    @Column(nullable = false)
    Instant createdAt;

    /** Absent for a key that works until it is revoked. */
    @Nullable
    Instant expiresAt;

    @Nullable
    Instant revokedAt;

    /** Written by {@link ApiKeyUse} alone. */
    @Column(insertable = false, updatable = false)
    @Nullable
    Instant usedAt;

    /** Of the admin's key alone: which server's file has it, as {@code machine:path}. */
    @Nullable
    String keptIn;

    /** For JPA. */
    @SuppressWarnings("NullAway.Init")
    protected ApiKeyRow() {}

    ApiKeyRow(UUID id, String name, Role role, String keyHash, Instant createdAt, @Nullable Instant expiresAt) {
        this.id = id;
        this.name = name;
        this.role = role;
        this.keyHash = keyHash;
        this.createdAt = createdAt;
        this.expiresAt = expiresAt;
    }

    KeyState state(Instant now) {
        if (revokedAt != null) {
            return KeyState.REVOKED;
        }
        return expiresAt != null && !expiresAt.isAfter(now) ? KeyState.EXPIRED : KeyState.ACTIVE;
    }
}
