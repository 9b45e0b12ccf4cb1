package io.rebootless.server.fleet;

import com.github.benmanes.caffeine.cache.Cache;
import io.github.bucket4j.Bucket;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.rate.TokenBuckets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * Bounds what one host may report, however valid its token: so often, so much, and so many at once, since all reports of
 * a host wait for each other and each of them with a connection to the database. Far above what an agent says in the
 * middle of an apply, or when it was cut off for long. Per server.
 */
final class ReportLimits {
    /** Reports: so many at once, then so many a minute. */
    static final int BURST = 300;

    static final int A_MINUTE = 120;

    /** Bytes of reports: so many at once, then so many a minute. */
    static final long BURST_BYTES = 16L << 20;

    static final long BYTES_A_MINUTE = 4L << 20;

    /** Under way at the same time: one, and its repeat by an agent that has not waited for the answer. */
    static final int AT_ONCE = 2;

    /** New tokens, each an entry of the audit log: so many at once, then one a minute. */
    static final int BURST_TOKENS = 5;

    /** What a body of unknown length counts as: no larger one is taken. */
    static final long MAX_BYTES = 1L << 20;

    /** As many hosts as are kept in memory elsewhere. */
    private static final int MAX_HOSTS = 200_000;

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Cache<UUID, Allowance> byHost;
    private final TokenBuckets buckets;

    private record Allowance(Bucket reports, Bucket bytes, Bucket tokens, Semaphore atOnce) {}

    /** {@code nanoTime} as {@link System#nanoTime}. */
    ReportLimits(LongSupplier nanoTime) {
        this.buckets = new TokenBuckets(nanoTime);
        this.byHost = buckets.remembering(MAX_HOSTS, Duration.ofMinutes(10));
    }

    /** A report that is let in; to be closed when it is answered. */
    interface Admission extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * To be asked before a report's body is read.
     *
     * @param bytes of the body, negative if it does not say
     * @throws ProblemException {@code too-many-reports}
     */
    Admission admit(UUID host, long bytes) {
        Allowance allowance = allowance(host);
        if (!allowance.atOnce().tryAcquire()) {
            throw tooManyReports(1);
        }
        try {
            take(allowance.reports(), 1, ReportLimits::tooManyReports);
            take(
                    allowance.bytes(),
                    bytes < 0 ? MAX_BYTES : Math.min(Math.max(bytes, 1), MAX_BYTES),
                    ReportLimits::tooManyReports);
        } catch (ProblemException e) {
            allowance.atOnce().release();
            throw e;
        }
        return allowance.atOnce()::release;
    }

    /**
     * To be asked before a token is made.
     *
     * @throws ProblemException {@code too-many-reports}
     */
    void admitToken(UUID host) {
        take(allowance(host).tokens(), 1, ReportLimits::tooManyTokens);
    }

    private Allowance allowance(UUID host) {
        return byHost.get(
                host,
                fresh -> new Allowance(
                        buckets.bucket(BURST, A_MINUTE, MINUTE),
                        buckets.bucket(BURST_BYTES, BYTES_A_MINUTE, MINUTE),
                        buckets.bucket(BURST_TOKENS, 1, MINUTE),
                        new Semaphore(AT_ONCE)));
    }

    private static void take(Bucket bucket, long tokens, LongFunction<ProblemException> refusal) {
        var probe = bucket.tryConsumeAndReturnRemaining(tokens);
        if (!probe.isConsumed()) {
            throw refusal.apply(TokenBuckets.retryAfterSeconds(probe.getNanosToWaitForRefill()));
        }
    }

    private static ProblemException tooManyReports(long seconds) {
        return refusal(
                seconds,
                "This host reports more than a host has to say.",
                "Wait %d s, and report the newest state only.");
    }

    private static ProblemException tooManyTokens(long seconds) {
        return refusal(
                seconds, "This host was given several new tokens and has used none.", "Wait %d s; is its disk full?");
    }

    private static ProblemException refusal(long seconds, String why, String remedy) {
        return ProblemType.TOO_MANY_REPORTS
                .because(why, remedy.formatted(seconds))
                .with("Retry-After", Long.toString(seconds));
    }
}
