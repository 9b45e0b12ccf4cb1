package io.rebootless.server.kernels;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import java.time.Duration;
import java.util.function.LongSupplier;

/** How often those who show no key may ask: by address, so that one asker silences no other, and all together. */
final class QuestionLimit {
    /** From one address: so many at once, then so many a second. A fleet behind one address asks all at once. */
    static final int BY_ADDRESS = 100;

    static final int BY_ADDRESS_A_SECOND = 10;

    /** From all addresses. */
    static final int BY_ALL = 1000;

    static final int BY_ALL_A_SECOND = 100;

    private static final int MAX_REMEMBERED = 20_000;

    private final Cache<String, Bucket> byAddress;
    private final Bucket byAll;
    private final TimeMeter time;

    /** {@code nanoTime} as {@link System#nanoTime}. */
    QuestionLimit(LongSupplier nanoTime) {
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
        this.byAddress = Caffeine.newBuilder()
                .maximumSize(MAX_REMEMBERED)
                .expireAfterAccess(Duration.ofMinutes(5))
                .ticker(nanoTime::getAsLong)
                .build();
        this.byAll = bucket(BY_ALL, BY_ALL_A_SECOND);
    }

    private Bucket bucket(int capacity, int refill) {
        return Bucket.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(capacity)
                        .refillGreedy(refill, Duration.ofSeconds(1))
                        .build())
                .withCustomTimePrecision(time)
                .build();
    }

    /**
     * Counts one question. What its own address is refused does not count against the others.
     *
     * @throws ProblemException {@code too-many-questions}
     */
    void admit(String address) {
        take(byAddress.get(address, fresh -> bucket(BY_ADDRESS, BY_ADDRESS_A_SECOND)));
        take(byAll);
    }

    private static void take(Bucket bucket) {
        var probe = bucket.tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            long seconds = Duration.ofNanos(probe.getNanosToWaitForRefill()).toSeconds() + 1;
            throw ProblemType.TOO_MANY_QUESTIONS
                    .because("This is asked more often than the server answers without a key.")
                    .with("Retry-After", Long.toString(seconds));
        }
    }
}
