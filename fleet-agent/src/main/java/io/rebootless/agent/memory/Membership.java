package io.rebootless.agent.memory;

import java.time.Duration;
import java.util.Objects;
import java.util.UUID;

/**
 * This host's place on a server.
 *
 * @param hostId its name there
 * @param token what it shows with every request: secret
 * @param poll how often to ask, until the server says otherwise
 */
public record Membership(UUID hostId, String token, Duration poll) {
    public Membership {
        Objects.requireNonNull(hostId, "hostId");
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(poll, "poll");
    }

    /** The same place, with another token. */
    public Membership with(String newToken) {
        return new Membership(hostId, newToken, poll);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "Membership[%s]".formatted(hostId);
    }
}
