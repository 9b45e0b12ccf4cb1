package io.rebootless.server.access;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.audit.Actor;
import java.util.UUID;

/**
 * Who makes a request.
 *
 * @param uuid the API key's or the host's
 * @param role what it may do
 * @param name the API key's; a host's id
 * @param secret hash of the key or token shown
 */
public record Caller(UUID uuid, Role role, String name, Sha256 secret) implements Actor {
    @Override
    public Kind kind() {
        return role == Role.HOST ? Kind.HOST : Kind.API_KEY;
    }

    @Override
    public String id() {
        return uuid.toString();
    }
}
