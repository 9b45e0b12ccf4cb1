package io.rebootless.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An enrolment key as it is known after its making: {@code GET /api/v1/enrollment-keys}.
 *
 * @param id its name in lists and logs
 * @param name for people
 * @param state whether a host may still join with it
 * @param uses how many hosts it was made for
 * @param usesLeft how many may still join
 * @param created when
 * @param expires when it stops working
 * @param revoked when somebody ended it
 * @param labels set on every host that joins with it
 */
public record EnrollmentKeyInfo(
        UUID id,
        String name,
        State state,
        int uses,
        int usesLeft,
        Instant created,
        Instant expires,
        @Nullable Instant revoked,
        @Nullable Map<String, String> labels) {
    public EnrollmentKeyInfo {
        labels = Limits.labels(labels);
    }

    /** What a key is good for. */
    public enum State {
        @JsonProperty("active")
        ACTIVE,
        @JsonProperty("used-up")
        USED_UP,
        @JsonProperty("expired")
        EXPIRED,
        @JsonProperty("revoked")
        REVOKED
    }
}
