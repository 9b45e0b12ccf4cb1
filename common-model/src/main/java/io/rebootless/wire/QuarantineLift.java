package io.rebootless.wire;

import io.rebootless.bundle.Sha256;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Has a host try again what it has quarantined: {@code POST /api/v1/hosts/{id}/quarantine/lift}. Names quarantines or a
 * bundle, not both.
 *
 * @param ids of quarantines, at most {@value #MAX_IDS}; empty or absent with {@code bundle}
 * @param bundle identity of a bundle: all quarantines of it that the host has now
 * @param reason for the audit log, 1 to 500 characters
 */
public record QuarantineLift(List<UUID> ids, @Nullable Sha256 bundle, String reason) {
    public static final int MAX_IDS = AgentReport.MAX_QUARANTINED;

    public QuarantineLift {
        ids = Limits.list("ids", ids, MAX_IDS);
        if (ids.isEmpty() == (bundle == null)) {
            throw new IllegalArgumentException("ids or bundle: one of them expected");
        }
        Limits.reason("reason", reason, 500);
    }
}
