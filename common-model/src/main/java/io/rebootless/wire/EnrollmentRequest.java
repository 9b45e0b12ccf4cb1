package io.rebootless.wire;

import io.rebootless.kernel.KernelBuild;
import java.util.Objects;

/**
 * A host asks to join: {@code POST /api/v1/agent/enroll}.
 *
 * @param version 1
 * @param key the enrolment key: secret
 * @param hostname what the host calls itself, 1 to 253 characters
 * @param machineId {@code /etc/machine-id}, to tell clones apart
 * @param kernel what runs there
 * @param agentVersion the agent's own
 */
public record EnrollmentRequest(
        int version, String key, String hostname, String machineId, KernelBuild kernel, String agentVersion) {
    public EnrollmentRequest {
        Limits.range("version", version, 1, Integer.MAX_VALUE);
        Limits.text("key", key, 200);
        Limits.name("hostname", hostname, 253);
        Limits.name("machineId", machineId, 64);
        Objects.requireNonNull(kernel, "kernel");
        Limits.withoutSecret("kernel.release", kernel.release());
        Limits.text("agentVersion", agentVersion, 64);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "EnrollmentRequest[%s, %s]".formatted(hostname, kernel);
    }
}
