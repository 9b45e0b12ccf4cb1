package io.rebootless.server.kernels;

import com.github.benmanes.caffeine.cache.Cache;
import io.github.bucket4j.Bucket;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.rate.Network;
import io.rebootless.server.rate.TokenBuckets;
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

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Cache<String, Bucket> byNetwork;
    private final Bucket byAll;
    private final TokenBuckets buckets;

    /** {@code nanoTime} as {@link System#nanoTime}. */
    QuestionLimit(LongSupplier nanoTime) {
        this.buckets = new TokenBuckets(nanoTime);
        this.byNetwork = buckets.remembering(MAX_REMEMBERED, Duration.ofMinutes(5));
        this.byAll = buckets.bucket(BY_ALL, BY_ALL_A_SECOND, SECOND);
    }

    /**
     * Counts one question. What its own address is refused does not count against the others.
     *
     * @throws ProblemException {@code too-many-questions}
     */
    void admit(String address) {
        take(byNetwork.get(Network.of(address), fresh -> buckets.bucket(BY_ADDRESS, BY_ADDRESS_A_SECOND, SECOND)));
        take(byAll);
    }

    private static void take(Bucket bucket) {
        var probe = bucket.tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            long seconds = TokenBuckets.retryAfterSeconds(probe.getNanosToWaitForRefill());
            throw ProblemType.TOO_MANY_QUESTIONS
                    .because("This is asked more often than the server answers without a key.")
                    .with("Retry-After", Long.toString(seconds));
        }
    }
}
