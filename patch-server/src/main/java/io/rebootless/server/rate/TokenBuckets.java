package io.rebootless.server.rate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Makes buckets that all go by one clock. */
public final class TokenBuckets {
    private final LongSupplier nanoTime;
    private final TimeMeter time;

    /** {@code nanoTime} as {@link System#nanoTime}. */
    public TokenBuckets(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.time = new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return nanoTime.getAsLong();
            }

            @Override
            public boolean isWallClockBased() {
                return false;
            }
        };
    }

    /** A full one: {@code capacity} at once, then {@code refill} in each {@code period}, evenly. */
    public Bucket bucket(long capacity, long refill, Duration period) {
        return Bucket.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(capacity)
                        .refillGreedy(refill, period)
                        .build())
                .withCustomTimePrecision(time)
                .build();
    }

    /**
     * Room for what belongs to each of many callers; old and rare ones are forgotten first.
     *
     * @param idle for so long without use: by then a bucket should be full again, or forgetting it lets a caller off
     */
    public <K, V> Cache<K, V> remembering(int most, Duration idle) {
        return Caffeine.newBuilder()
                .maximumSize(most)
                .expireAfterAccess(idle)
                .ticker(nanoTime::getAsLong)
                .build();
    }

    /** Whole seconds after which it is worth trying again, for {@code Retry-After}: at least 1. */
    public static long retryAfterSeconds(long nanosToWait) {
        return Duration.ofNanos(nanosToWait).toSeconds() + 1;
    }
}
