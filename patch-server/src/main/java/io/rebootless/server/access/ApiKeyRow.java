package io.rebootless.server.access;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** One API key: never the key itself. */
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

    /** For JPA. */
    @SuppressWarnings("NullAway.Init")
    protected ApiKeyRow() {}

    ApiKeyRow(UUID id, String name, Role role, String keyHash, Instant createdAt) {
        this.id = id;
        this.name = name;
        this.role = role;
        this.keyHash = keyHash;
        this.createdAt = createdAt;
    }
}
