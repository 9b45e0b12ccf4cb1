package io.rebootless.server.access;

import com.github.benmanes.caffeine.cache.Cache;
import io.github.bucket4j.Bucket;
import io.rebootless.bundle.Sha256;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.rate.Network;
import io.rebootless.server.rate.TokenBuckets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Slows down those who show keys and tokens that open nothing. Failures are counted by secret, never by address alone,
 * so that one bad host behind a shared address blocks nobody else there; what floods the server with ever new secrets
 * is held by its address and by a limit for all, which stand between an unknown secret and the database. A secret that
 * the server {@linkplain #vouch knows} passes both.
 */
public final class FailedAttempts {
    /** Of one secret from one address: so many at once, then so many a minute. */
    static final int BY_SECRET = 10;

    /** Of all unknown secrets from one address: so many at once, then so many a second. */
    static final int BY_ADDRESS = 100;

    static final int BY_ADDRESS_A_SECOND = 10;

    /** Of all unknown secrets: so many at once, then so many a second. */
    static final int BY_ALL = 1000;

    static final int BY_ALL_A_SECOND = 100;

    /** Old and rare ones are forgotten first. */
    private static final int MAX_REMEMBERED = 20_000;

    private static final Duration IDLE = Duration.ofMinutes(5);

    private static final String ANYWHERE = "";

    private final Cache<Attempt, Bucket> bySecret;
    private final Cache<String, Bucket> byNetwork;
    private final Bucket byAll;
    private final TokenBuckets buckets;
    private final Set<Sha256> known = ConcurrentHashMap.newKeySet();
    private final Map<UUID, Set<Sha256>> secrets = new ConcurrentHashMap<>();

    private record Attempt(String address, Sha256 secret) {}

    /** {@code nanoTime} as {@link System#nanoTime}. */
    public FailedAttempts(LongSupplier nanoTime) {
        this.buckets = new TokenBuckets(nanoTime);
        this.bySecret = buckets.remembering(MAX_REMEMBERED, IDLE);
        this.byNetwork = buckets.remembering(MAX_REMEMBERED, IDLE);
        this.byAll = buckets.bucket(BY_ALL, BY_ALL_A_SECOND, Duration.ofSeconds(1));
    }

    /** These secrets, and no others, are a host's or a key's: they are looked up whatever others do. */
    public void vouch(UUID owner, Set<Sha256> present) {
        secrets.compute(owner, (id, before) -> {
            known.addAll(present);
            if (before != null) {
                before.stream().filter(old -> !present.contains(old)).forEach(known::remove);
            }
            return present.isEmpty() ? null : Set.copyOf(present);
        });
    }

    /** Whether it is vouched for. */
    public boolean knows(Sha256 secret) {
        return known.contains(secret);
    }

    /**
     * To be asked before the database is.
     *
     * @throws ProblemException {@code too-many-failures}
     */
    public void admit(String address, Sha256 secret) {
        refuseIfEmpty(bySecret.getIfPresent(new Attempt(address, secret)));
        if (!knows(secret)) {
            refuseIfEmpty(byNetwork.getIfPresent(Network.of(address)));
            refuseIfEmpty(byAll);
        }
    }

    /** Nobody's secret was shown. */
    public void unknown(String address, Sha256 secret) {
        // The database was restored, or the host removed by hand.
        known.remove(secret);
        take(bySecret.get(
                new Attempt(address, secret), fresh -> buckets.bucket(BY_SECRET, BY_SECRET, Duration.ofMinutes(1))));
        take(byNetwork.get(
                Network.of(address), fresh -> buckets.bucket(BY_ADDRESS, BY_ADDRESS_A_SECOND, Duration.ofSeconds(1))));
        take(byAll);
    }

    /**
     * A secret was shown that is known and good for nothing any more.
     *
     * @throws ProblemException {@code too-many-failures}, if that happens again and again
     */
    public void worthless(Sha256 secret) {
        var bucket = bySecret.get(
                new Attempt(ANYWHERE, secret), fresh -> buckets.bucket(BY_SECRET, BY_SECRET, Duration.ofMinutes(1)));
        refuseIfEmpty(bucket);
        take(bucket);
    }

    private static void take(Bucket bucket) {
        bucket.tryConsumeAsMuchAsPossible(1);
    }

    private static void refuseIfEmpty(@org.jspecify.annotations.Nullable Bucket bucket) {
        if (bucket == null) {
            return;
        }
        var estimate = bucket.estimateAbilityToConsume(1);
        if (!estimate.canBeConsumed()) {
            long seconds = TokenBuckets.retryAfterSeconds(estimate.getNanosToWaitForRefill());
            throw ProblemType.TOO_MANY_FAILURES
                    .because(
                            "Keys or tokens that open nothing were shown too often.",
                            "Wait %d s, and show one that the server knows.".formatted(seconds))
                    .with("Retry-After", Long.toString(seconds));
        }
    }
}
