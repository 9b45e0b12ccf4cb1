package io.rebootless.agent.memory;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The server cannot be reached, or does not answer as it should: nothing is wrong with the host or with a bundle for that.
 *
 * @param what for people
 * @param since when it began, by the host's wall clock
 * @param next when the server is asked again; absent if nobody is going to
 * @param retired when the server said that this host is none of its hosts any more; absent if it is
 */
public record ServerTrouble(String what, Instant since, Optional<Instant> next, Optional<Instant> retired) {
    public ServerTrouble {
        Objects.requireNonNull(what, "what");
        Objects.requireNonNull(since, "since");
    }
}
