package io.rebootless.agent.server;

import java.time.Duration;

/**
 * How long to wait for whom.
 *
 * @param connect for a connection
 * @param read for the next byte, beyond what a poll may hang
 * @param download for a whole bundle; a longer one is resumed
 */
public record Timeouts(Duration connect, Duration read, Duration download) {
    public static final Timeouts STANDARD =
            new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofMinutes(10));
}
