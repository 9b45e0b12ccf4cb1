package io.rebootless.server.fleet;

import io.rebootless.kernel.KernelBuild;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a poll needs to know of a host, kept in memory.
 *
 * @param kernel what runs there
 * @param retired it has left the fleet
 * @param report the last report stored, as {@code journalId/number}; absent before the first
 */
public record KnownHost(
        UUID id,
        KernelBuild kernel,
        boolean retired,
        @Nullable String report) {
    KnownHost reported(KernelBuild now, String stored) {
        return new KnownHost(id, now, retired, stored);
    }

    KnownHost left() {
        return new KnownHost(id, kernel, true, report);
    }
}
