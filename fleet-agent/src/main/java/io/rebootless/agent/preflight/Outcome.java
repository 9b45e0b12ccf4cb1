package io.rebootless.agent.preflight;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What one check has come to. */
enum Outcome {
    /** As it should be. */
    @JsonProperty("ready")
    READY("✓"),
    /** The host can be patched all the same, but somebody should know. */
    @JsonProperty("attention")
    ATTENTION("!"),
    /** As it is, the host cannot be patched. */
    @JsonProperty("blocked")
    BLOCKED("✗"),
    /** Could not be looked at: nothing is promised. */
    @JsonProperty("unseen")
    UNSEEN("?"),
    /** Looked at only if asked for by an option. */
    @JsonProperty("not-asked")
    NOT_ASKED("–");

    private final String mark;

    Outcome(String mark) {
        this.mark = mark;
    }

    String mark() {
        return mark;
    }
}
