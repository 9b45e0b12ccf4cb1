package io.rebootless.wire;

import io.rebootless.bundle.Sha256;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * A bundle that a host does not apply again by itself, because the host seems to have crashed under it.
 *
 * @param id random, the name of this quarantine: whoever lifts it lifts no later one of the same bundle
 * @param bundle identity of the bundle
 * @param level its level
 * @param publication its publication
 * @param at when the host drew the conclusion, by its wall clock: recorded, never judged by
 * @param bootId of the boot that ended without a word
 * @param reason such as {@code suspected-crash}, with what the host knows
 */
public record QuarantinedBundle(
        UUID id, Sha256 bundle, long level, String publication, Instant at, String bootId, Failure reason) {
    public QuarantinedBundle {
        Objects.requireNonNull(id, "quarantined.id");
        Objects.requireNonNull(bundle, "quarantined.bundle");
        Limits.range("quarantined.level", level, 1, Long.MAX_VALUE);
        Limits.text("quarantined.publication", publication, 64);
        Objects.requireNonNull(at, "quarantined.at");
        Limits.text("quarantined.bootId", bootId, 64);
        Objects.requireNonNull(reason, "quarantined.reason");
    }
}
