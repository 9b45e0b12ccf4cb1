package io.rebootless.wire;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds hosts back: {@code POST /api/v1/holds}.
 *
 * @param kind how
 * @param host the id of the only one; absent for several
 * @param group the name of the group whose hosts are meant, those that come into it later too; with neither host nor
 *     group the whole fleet is
 * @param level with kind {@code level}: none above it
 * @param publishedUntil with kind {@code date}: nothing published after it
 * @param reason for people, 1 to 500 characters
 * @param owner who is to be asked about it, up to 100 characters
 * @param expires when it ends by itself; may be absent with kind {@code none} only, which stands until it is lifted
 */
public record HoldRequest(
        HoldKind kind,
        @Nullable UUID host,
        @Nullable String group,
        @Nullable Long level,
        @Nullable Instant publishedUntil,
        String reason,
        String owner,
        @Nullable Instant expires) {
    public HoldRequest {
        Objects.requireNonNull(kind, "kind");
        if (host != null && group != null) {
            throw new IllegalArgumentException("host, group: one of them, or neither for the whole fleet");
        }
        if (group != null) {
            Limits.name("group", group, 63);
        }
        if ((kind == HoldKind.LEVEL) != (level != null)) {
            throw new IllegalArgumentException("level: with kind level, and with no other");
        }
        if (level != null) {
            Limits.range("level", level, 0, Long.MAX_VALUE);
        }
        if ((kind == HoldKind.DATE) != (publishedUntil != null)) {
            throw new IllegalArgumentException("publishedUntil: with kind date, and with no other");
        }
        Objects.requireNonNull(reason, "reason");
        Limits.reason("reason", reason, 500);
        Objects.requireNonNull(owner, "owner");
        Limits.name("owner", owner, 100);
        for (Instant moment : new Instant[] {expires, publishedUntil}) {
            if (moment != null && moment.isAfter(Limits.LATEST)) {
                throw new IllegalArgumentException("expires, publishedUntil: before the year 9999 expected");
            }
        }
        if (expires == null && kind != HoldKind.NONE) {
            throw new IllegalArgumentException("expires: say when it ends; nobody remembers to lift a hold");
        }
    }
}
