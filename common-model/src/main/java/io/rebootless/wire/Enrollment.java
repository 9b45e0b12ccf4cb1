package io.rebootless.wire;

import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A host has joined.
 *
 * @param version 1
 * @param hostId its name on the server from now on
 * @param token what it shows with every request: secret
 * @param labels those that the enrolment key has set
 * @param pollSeconds how often to ask, until the server says otherwise
 */
public record Enrollment(
        int version, UUID hostId, String token, @Nullable Map<String, String> labels, int pollSeconds) {
    public Enrollment {
        Limits.range("version", version, 1, Integer.MAX_VALUE);
        Objects.requireNonNull(hostId, "hostId");
        Limits.text("token", token, 200);
        labels = Limits.labels(labels);
        Limits.range("pollSeconds", pollSeconds, 1, 86_400);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "Enrollment[%s]".formatted(hostId);
    }
}
