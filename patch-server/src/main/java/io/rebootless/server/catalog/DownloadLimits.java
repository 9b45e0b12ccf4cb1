package io.rebootless.server.catalog;

import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/**
 * Lets only so many bundles be on their way at once, and only a few of them to one host or key: whoever takes its bytes
 * slowly holds a thread until it has them all. A fleet that wants the same bundle at once comes back for it, as it is told
 * by Retry-After.
 */
@Component
final class DownloadLimits {
    /** A fifth of the threads that Tomcat has. */
    static final int AT_ONCE = 100;

    /** An agent wants one, and has perhaps not hung up on one before. */
    static final int OF_ONE_CALLER = 4;

    /** What is left of them. */
    private final Semaphore places = new Semaphore(AT_ONCE);
    /** How many each caller has, who has any. */
    private final Map<UUID, Integer> taken = new ConcurrentHashMap<>();

    /** A download that is let in; to be closed when it is over. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * To be asked before anything is looked up or read.
     *
     * @throws ProblemException {@code too-many-downloads}
     */
    Place admit(UUID caller) {
        if (taken.merge(caller, 1, Integer::sum) > OF_ONE_CALLER) {
            leave(caller);
            throw refusal("%d downloads with this key or token are under way.".formatted(OF_ONE_CALLER));
        }
        if (!places.tryAcquire()) {
            leave(caller);
            throw refusal("The server hands out as many bundles as it can.");
        }
        return () -> {
            places.release();
            leave(caller);
        };
    }

    private void leave(UUID caller) {
        taken.computeIfPresent(caller, (key, count) -> count == 1 ? null : count - 1);
    }

    private static ProblemException refusal(String why) {
        return ProblemType.TOO_MANY_DOWNLOADS.because(why).with("Retry-After", "5");
    }
}
