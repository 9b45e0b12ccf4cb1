package io.rebootless.wire;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks for an enrolment key: {@code POST /api/v1/enrollment-keys}.
 *
 * @param name for people, 1 to 100 characters
 * @param uses how many hosts may join with it, 1 to 100 000
 * @param validHours how long, 1 to 8760
 * @param labels set on every host that joins with it
 */
public record EnrollmentKeyRequest(
        String name, int uses, int validHours, @Nullable Map<String, String> labels) {
    public EnrollmentKeyRequest {
        Limits.name("name", name, 100);
        Limits.range("uses", uses, 1, 100_000);
        Limits.range("validHours", validHours, 1, 8760);
        labels = Limits.newLabels(labels);
    }
}
