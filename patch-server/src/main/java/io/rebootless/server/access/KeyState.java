package io.rebootless.server.access;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether an API key opens anything. */
enum KeyState {
    @JsonProperty("active")
    ACTIVE,
    @JsonProperty("expired")
    EXPIRED,
    @JsonProperty("revoked")
    REVOKED
}
