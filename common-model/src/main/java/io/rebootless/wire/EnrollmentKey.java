package io.rebootless.wire;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A new enrolment key.
 *
 * @param id its name in lists and logs
 * @param key shown this once: secret
 * @param name for people
 * @param uses how many hosts may still join with it
 * @param expires when it stops working
 * @param labels set on every host that joins with it
 */
public record EnrollmentKey(
        UUID id,
        String key,
        String name,
        int uses,
        Instant expires,
        @Nullable Map<String, String> labels) {
    public EnrollmentKey {
        Objects.requireNonNull(id, "id");
        Limits.text("key", key, 200);
        Limits.text("name", name, 100);
        Objects.requireNonNull(expires, "expires");
        labels = Limits.labels(labels);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "EnrollmentKey[%s, %s]".formatted(id, name);
    }
}
