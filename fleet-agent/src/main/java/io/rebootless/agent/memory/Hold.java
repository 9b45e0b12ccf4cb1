package io.rebootless.agent.memory;

import io.rebootless.agent.log.EventLog;
import java.time.Instant;
import java.util.Objects;

/**
 * Somebody on this host has said to stay: stronger than any order of the server's.
 *
 * @param mode how far it goes
 * @param reason for people
 * @param since wall time
 */
public record Hold(Mode mode, String reason, Instant since) {

    public enum Mode {
        /** Change nothing. */
        STAY,
        /** Have no livepatch of ours in force. */
        OFF
    }

    public Hold {
        Objects.requireNonNull(mode, "mode");
        reason = EventLog.oneLine(reason);
        Objects.requireNonNull(since, "since");
    }
}
