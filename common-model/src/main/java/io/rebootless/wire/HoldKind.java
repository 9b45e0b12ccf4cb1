package io.rebootless.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How hosts are held back. */
public enum HoldKind {
    /** They stay as they are. */
    @JsonProperty("stay")
    STAY,
    /** They run no level above one. */
    @JsonProperty("level")
    LEVEL,
    /** They run nothing that was published after a date. */
    @JsonProperty("date")
    DATE,
    /** They run nothing at all: what is in force is reverted. */
    @JsonProperty("none")
    NONE
}
