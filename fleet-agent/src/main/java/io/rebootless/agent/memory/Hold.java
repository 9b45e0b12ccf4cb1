package io.rebootless.agent.memory;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rebootless.agent.log.EventLog;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Somebody on this host has said to stay: stronger than any order of the server's.
 *
 * @param mode how far it goes
 * @param source who lifts it
 * @param reason for people
 * @param since wall time
 * @param until wall time at which it ends by itself; absent: when somebody lifts it
 */
public record Hold(Mode mode, Source source, String reason, Instant since, Optional<Instant> until) {

    /** The later one goes further. */
    public enum Mode {
        /** Stay at the level: after a reboot what had settled is put back, and nothing else. */
        KEEP,
        /** Change nothing. */
        STAY,
        /** Have no livepatch of ours in force. */
        OFF
    }

    /** Where it comes from. */
    public enum Source {
        /** {@code revert} or {@code hold}; {@code resume} lifts it. */
        @JsonProperty("command")
        COMMAND,
        @JsonProperty("mode-file")
        MODE_FILE,
        /** The policy file cannot be followed. */
        @JsonProperty("policy-file")
        POLICY_FILE,
        @JsonProperty("kernel-argument")
        KERNEL_ARGUMENT
    }

    public Hold {
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(source, "source");
        reason = EventLog.oneLine(reason);
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(until, "until");
    }

    /** By a command on this host, until it is lifted. */
    public Hold(Mode mode, String reason, Instant since) {
        this(mode, Source.COMMAND, reason, since, Optional.empty());
    }

    /** Whether it has ended by itself. A clock that was turned back lets it go on. */
    public boolean over(Instant now) {
        return until.isPresent() && !now.isBefore(until.get());
    }

    /** The reason, and the end if one is set. */
    public String words() {
        return reason + until.map(end -> " (until " + end + ")").orElse("");
    }
}
