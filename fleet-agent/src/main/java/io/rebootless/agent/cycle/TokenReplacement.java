package io.rebootless.agent.cycle;

import io.rebootless.agent.memory.Membership;
import io.rebootless.agent.server.ServerClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Fetches the new token that the server wants this host to have. It is on disk before it is shown for the first time,
 * which ends the old one: whatever fails on the way, the one on disk is good, and the server asks again. {@code once} and
 * the service take turns.
 */
final class TokenReplacement {
    /** A full disk does not get empty in a moment, and the server gives out few tokens. */
    private static final Duration PAUSE = Duration.ofMinutes(5);

    private final Equipment with;
    private final ServerClient server;
    private Duration notBefore = Duration.ZERO;

    TokenReplacement(Equipment equipment, ServerClient server) {
        this.with = equipment;
        this.server = server;
    }

    void replace(Membership membership) {
        if (with.clock().sinceBoot().compareTo(notBefore) < 0) {
            return;
        }
        try {
            var turn = with.state().tokenTurn();
            try {
                fetch(membership);
            } finally {
                turn.close();
            }
        } catch (IOException e) {
            notBefore = with.clock().sinceBoot().plus(PAUSE);
            with.log().warning("no new token for now: " + e.getMessage());
        }
    }

    private void fetch(Membership membership) throws IOException {
        if (!with.state().membership().equals(Optional.of(membership))) {
            return;
        }
        String fresh = server.replaceToken(membership.token());
        try (var session = with.state().open()) {
            if (session.rejoin(membership, membership.with(fresh))) {
                with.log().info("the server has given this host a new token");
            }
        }
    }
}
