package io.rebootless.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where a host stands in the rollout of a bundle. */
public enum RolloutHostState {
    /** Its turn has not come. */
    @JsonProperty("drawn")
    DRAWN,
    /** It is handed the bundle when it polls next. */
    @JsonProperty("released")
    RELEASED,
    /** It was handed the bundle, and is under way. */
    @JsonProperty("handed")
    HANDED,
    /** It has applied the bundle, its transition is finished, its probes have passed, it has soaked. */
    @JsonProperty("settled")
    SETTLED,
    /** It refused the bundle, or failed otherwise than by a crash or a probe. */
    @JsonProperty("failed")
    FAILED,
    /** It reports a suspected crash or a failed probe. */
    @JsonProperty("incident")
    INCIDENT,
    /** It has fallen silent since it was handed the bundle: taken for a suspected crash until it is heard of again. */
    @JsonProperty("silent")
    SILENT,
    /** It was not heard of when its turn had come. */
    @JsonProperty("unreached")
    UNREACHED,
    /** Somebody has it held back. */
    @JsonProperty("held")
    HELD,
    /** It has left the fleet, runs another kernel build now, or must enrol again. */
    @JsonProperty("gone")
    GONE
}
