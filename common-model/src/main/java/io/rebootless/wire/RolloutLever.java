package io.rebootless.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What operators can do with a rollout. */
public enum RolloutLever {
    @JsonProperty("approve")
    APPROVE,
    @JsonProperty("pause")
    PAUSE,
    @JsonProperty("resume")
    RESUME,
    @JsonProperty("abort")
    ABORT,
    /** Takes the publication itself back. */
    @JsonProperty("withdraw")
    WITHDRAW
}
