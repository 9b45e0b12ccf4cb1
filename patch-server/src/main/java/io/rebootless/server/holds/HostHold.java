package io.rebootless.server.holds;

import io.rebootless.wire.HoldKind;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A hold that concerns a host, or would.
 *
 * @param id its own
 * @param kind how it holds back
 * @param level with {@link HoldKind#LEVEL}
 * @param publishedUntil with {@link HoldKind#DATE}
 * @param owner who is to be asked about it
 * @param reason for people
 * @param expires absent if it does not end by itself
 */
public record HostHold(
        UUID id,
        HoldKind kind,
        @Nullable Long level,
        @Nullable Instant publishedUntil,
        String owner,
        String reason,
        @Nullable Instant expires) {

    public boolean standing(Instant now) {
        return expires == null || now.isBefore(expires);
    }

    /** Whether it keeps a host from a bundle of this level that was published then. */
    public boolean keepsFrom(long bundleLevel, Instant published) {
        return switch (kind) {
            case STAY, NONE -> true;
            case LEVEL -> level != null && bundleLevel > level;
            case DATE -> publishedUntil != null && published.isAfter(publishedUntil);
        };
    }

    /** For people, in one line. */
    public String words() {
        String what = switch (kind) {
            case STAY -> "held";
            case LEVEL -> "held at level %d".formatted(level);
            case DATE -> "held at what was published until %s".formatted(publishedUntil);
            case NONE -> "told to run nothing";
        };
        return "%s by %s%s: %s"
                .formatted(what, owner, expires == null ? "" : " until " + expires, reason.replace('\n', ' '));
    }
}
