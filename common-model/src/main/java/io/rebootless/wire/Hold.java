package io.rebootless.wire;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What holds hosts back: an entry of {@code GET /api/v1/holds}.
 *
 * @param id its own
 * @param kind how
 * @param host the id of the only host; absent for several
 * @param group the group whose hosts are meant; absent for one, or for the whole fleet
 * @param level with kind {@code level}: none above it
 * @param publishedUntil with kind {@code date}: nothing published after it
 * @param reason for people
 * @param owner who is to be asked about it
 * @param expires when it ends by itself; absent if it does not
 * @param createdBy name of the API key
 * @param created when
 */
public record Hold(
        UUID id,
        HoldKind kind,
        @Nullable UUID host,
        @Nullable String group,
        @Nullable Long level,
        @Nullable Instant publishedUntil,
        String reason,
        String owner,
        @Nullable Instant expires,
        String createdBy,
        Instant created) {}
