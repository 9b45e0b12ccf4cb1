package io.rebootless.wire;

import io.rebootless.bundle.Cve;
import java.util.Objects;

/**
 * States that a kernel build is not affected by a CVE: {@code POST /api/v1/kernels/{buildId}/statements}.
 *
 * @param cve {@code CVE-YYYY-NNNN}
 * @param reason shown to whoever asks, 1 to 500 characters
 */
public record NotAffectedRequest(String cve, String reason) {
    public NotAffectedRequest {
        Objects.requireNonNull(cve, "cve");
        if (!Cve.isId(cve)) {
            throw new IllegalArgumentException("cve: CVE-YYYY-NNNN expected");
        }
        Limits.reason("reason", reason, 500);
    }
}
