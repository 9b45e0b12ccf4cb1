package io.rebootless.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where an agent stands with the bundle it was told to run. */
public enum AgentState {
    /** Nothing to run. */
    @JsonProperty("idle")
    IDLE,
    @JsonProperty("fetching")
    FETCHING,
    @JsonProperty("verified")
    VERIFIED,
    /** Handed over, the transition not finished. */
    @JsonProperty("applying")
    APPLYING,
    /** The transition is finished; the soak is not. */
    @JsonProperty("soaking")
    SOAKING,
    /** Applied, transition finished, soaked. */
    @JsonProperty("settled")
    SETTLED,
    /** A verifier, here or in the kernel, would not have the bundle. */
    @JsonProperty("refused")
    REFUSED,
    /** It was tried and did not work, or could not be fetched. */
    @JsonProperty("failed")
    FAILED,
    /** Somebody has said to stay. */
    @JsonProperty("held")
    HELD
}
