package io.rebootless.server.fleet;

import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.access.HostTokens.Standing;
import io.rebootless.server.holds.HostHold;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a poll needs to know of a host, kept in memory.
 *
 * @param kernel what runs there
 * @param standing what its token is good for
 * @param report the last report stored, as {@code journalId/number}; absent before the first
 * @param boot the boot whose report was taken in last
 * @param tokenWanted it is to fetch a new token
 * @param freshToken it was found by the token that replaces its present one
 * @param lifted the ids of quarantines that were lifted and that it still reports, separated by commas; absent if none
 * @param holds by which it is held back, some of which may have ended since
 */
public record KnownHost(
        UUID id,
        KernelBuild kernel,
        Standing standing,
        @Nullable String report,
        @Nullable String boot,
        boolean tokenWanted,
        boolean freshToken,
        @Nullable String lifted,
        List<HostHold> holds) {
    KnownHost reported(KernelBuild now, String stored, @Nullable String stillLifted) {
        return new KnownHost(id, now, standing, stored, boot, tokenWanted, freshToken, stillLifted, holds);
    }

    KnownHost held(List<HostHold> by) {
        return new KnownHost(id, kernel, standing, report, boot, tokenWanted, freshToken, lifted, by);
    }

    KnownHost heardFrom(String bootId) {
        return new KnownHost(id, kernel, standing, report, bootId, tokenWanted, freshToken, lifted, holds);
    }

    KnownHost standing(Standing now) {
        return new KnownHost(id, kernel, now, report, boot, tokenWanted, freshToken, lifted, holds);
    }

    KnownHost askedForToken() {
        return new KnownHost(id, kernel, standing, report, boot, true, freshToken, lifted, holds);
    }

    KnownHost tokenReplaced() {
        return new KnownHost(id, kernel, standing, report, boot, false, false, lifted, holds);
    }
}
