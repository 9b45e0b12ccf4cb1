package io.rebootless.server.access;

import io.rebootless.server.access.ApiKeys.Created;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
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
    private final ApiKeys keys;

    ApiKeyController(ApiKeys keys) {
        this.keys = keys;
    }

    /**
     * Asks for a key.
     *
     * @param name for people, 1 to 100 characters
     */
    record Request(String name, Role role) {
        Request {
            if (name.isBlank() || name.length() > 100 || name.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("name: 1 to 100 printable characters expected");
            }
            Objects.requireNonNull(role, "role");
            if (role == Role.HOST) {
                throw new IllegalArgumentException("role: one of viewer, operator, publisher, admin");
            }
        }
    }

    /**
     * A key as it is known.
     *
     * @param key only in the answer to its making: secret
     */
    record View(
            UUID id,
            String name,
            Role role,
            Instant created,
            @Nullable String key) {
        static View of(ApiKeyRow row) {
            return new View(row.id, row.name, row.role, row.createdAt, null);
        }

        @Override
        public String toString() {
            return "View[%s, %s]".formatted(id, name);
        }
    }

    /** Makes an API key, and shows it this once. */
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    View create(@RequestBody Request request) {
        Created created = keys.create(request.name(), request.role());
        ApiKeyRow row = created.row();
        return new View(
                row.id, row.name, row.role, row.createdAt, created.secret().text());
    }

    /** Lists the API keys, never the secrets. */
    @GetMapping
    List<View> list() {
        return keys.all().stream().map(View::of).toList();
    }

    /** Revokes an API key. */
    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@PathVariable("id") UUID id) {
        keys.revoke(id);
    }
}
