package io.rebootless.server.problem;

import java.time.Duration;

/**
 * How slowly a body may come, or be taken: a start is free, after which it must have brought so many bytes for each
 * second. A client that drips keeps a thread of the server's for no longer than that.
 *
 * @param free before anything is asked for
 * @param bytesPerSecond from then on, on the whole
 */
public record BodyPace(Duration free, long bytesPerSecond) {
    /** Slower than any line that a server is patched over. */
    static final BodyPace STANDARD = new BodyPace(Duration.ofSeconds(20), 16 * 1024);

    /** For what nobody will look at. */
    static final BodyPace REFUSED = new BodyPace(Duration.ofSeconds(5), 256 * 1024);

    /** For what a host takes: a bundle comes through a line on which somebody still waits for it. */
    public static final BodyPace TAKEN = new BodyPace(Duration.ofSeconds(20), 4 * 1024);

    public boolean tooSlow(long bytes, Duration elapsed) {
        return elapsed.compareTo(free.plus(Duration.ofMillis(bytes * 1000 / bytesPerSecond))) > 0;
    }
}
