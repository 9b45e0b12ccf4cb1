package io.rebootless.agent.memory;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * This host's place on a server.
 *
 * @param hostId its name there
 * @param token what it shows with every request: secret
 * @param poll how often to ask, until the server says otherwise
 * @param server who gave the token, and the only one to see it; absent from one that an earlier version has stored
 */
public record Membership(UUID hostId, String token, Duration poll, Optional<URI> server) {
    public Membership {
        Objects.requireNonNull(hostId, "hostId");
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(poll, "poll");
    }

    /** As earlier versions stored it: the server was whichever the settings named. */
    public Membership(UUID hostId, String token, Duration poll) {
        this(hostId, token, poll, Optional.empty());
    }

    /** Whether the token may be shown there. */
    public boolean at(URI address) {
        return server.filter(known -> !same(known, address)).isEmpty();
    }

    private static boolean same(URI one, URI other) {
        return plain(one).equals(plain(other));
    }

    private static String plain(URI address) {
        String text = address.toString().toLowerCase(Locale.ROOT);
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    /** The same place, whose server is known from now on. */
    public Membership boundTo(URI address) {
        return new Membership(hostId, token, poll, Optional.of(address));
    }

    /** The same place, with another token. */
    public Membership with(String newToken) {
        return new Membership(hostId, newToken, poll, server);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "Membership[%s]".formatted(hostId);
    }
}
