package io.rebootless.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the server dares to say of a host. Never "protected" of a silent host or in the middle of a transition. */
public enum Protection {
    /** The newest level is in force for every task. */
    @JsonProperty("protected")
    PROTECTED,
    /** A newer level exists. */
    @JsonProperty("behind")
    BEHIND,
    /** The host refused, failed, is held, or has in quarantine what it is to run. */
    @JsonProperty("attention")
    ATTENTION,
    /** The host is silent, or nothing was ever published for its kernel build. */
    @JsonProperty("unknown")
    UNKNOWN
}
