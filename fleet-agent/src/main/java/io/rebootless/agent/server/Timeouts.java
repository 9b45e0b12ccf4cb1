package io.rebootless.agent.server;

import java.time.Duration;

/**
 * How long to wait for whom.
 *
 * @param connect for a host's addresses, and for a connection to one of them
 * @param read for an answer up to its body, beyond what a poll may hang; for all of a small body; for the next byte of a
 *     bundle
 * @param download for a whole bundle; a longer one is resumed
 */
public record Timeouts(Duration connect, Duration read, Duration download) {
    public static final Timeouts STANDARD =
            new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofMinutes(10));
}
