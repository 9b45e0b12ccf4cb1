package io.rebootless.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where the rollout of one bundle stands. */
public enum RolloutState {
    /** It has not begun. */
    @JsonProperty("waiting")
    WAITING,
    @JsonProperty("running")
    RUNNING,
    /** It has stopped by itself: no further host is handed the bundle until an operator resumes it. */
    @JsonProperty("halted")
    HALTED,
    /** Everybody is told to run the bundle, those who join later too. */
    @JsonProperty("completed")
    COMPLETED,
    /** One of a higher level has begun for the same kernel build. */
    @JsonProperty("superseded")
    SUPERSEDED,
    /** An operator has ended it. */
    @JsonProperty("aborted")
    ABORTED,
    /** The bundle was taken back. */
    @JsonProperty("withdrawn")
    WITHDRAWN;

    /** Whether it can still go on by itself, or is to be watched. */
    public boolean active() {
        return this == WAITING || this == RUNNING || this == HALTED;
    }
}
