package io.rebootless.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether what was published may still be run. */
public enum PublicationState {
    @JsonProperty("published")
    PUBLISHED,
    /** Taken back: shown, and never again handed to a host. */
    @JsonProperty("withdrawn")
    WITHDRAWN
}
