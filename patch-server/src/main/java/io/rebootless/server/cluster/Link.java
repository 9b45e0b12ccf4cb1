package io.rebootless.server.cluster;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether this server hears of the others' changes. While it does not, nothing that it remembers of keys, tokens or
 * hosts may be relied on: somebody may have revoked it.
 */
public final class Link {
    private final long limit;
    private final LongSupplier nanoTime;
    private volatile @Nullable Long provenAt;

    /**
     * A link that is not there yet.
     *
     * @param limit for how long a proof holds
     * @param nanoTime as {@link System#nanoTime}
     */
    Link(Duration limit, LongSupplier nanoTime) {
        this.limit = limit.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Whether every change that was committed before the limit's length ago has been told here. */
    public boolean up() {
        Long at = provenAt;
        return at != null && nanoTime.getAsLong() - at < limit;
    }

    long now() {
        return nanoTime.getAsLong();
    }

    /** All that was committed before {@code at}, in the clock's nanoseconds, has been told. */
    void proven(long at) {
        provenAt = at;
    }
}
