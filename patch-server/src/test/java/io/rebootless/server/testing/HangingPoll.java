package io.rebootless.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.testing.Api.Answer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * A poll that hangs, as an agent's does: one that is sent home unchanged is sent again. That may happen to any poll at
 * any time, as when the signal of the host's own enrolment or report comes late on a busy machine.
 */
public final class HangingPoll {
    private static final String DIRECTIVE = "/api/v1/agent/directive";

    /** Far below the 50 s a poll waits, so that nothing else than a signal can have told; loaded machines are slow. */
    private static final Duration SOON = Duration.ofSeconds(20);

    private static final Duration HANGS = Duration.ofMillis(300);

    private final Api host;
    private final String etag;
    private CompletableFuture<Answer> poll;

    private HangingPoll(Api host) {
        this.host = host;
        this.etag = host.get(DIRECTIVE).header("ETag");
        this.poll = send();
    }

    /** A poll for what the host is told now, seen to hang. */
    public static HangingPoll of(Api host) throws Exception {
        var poll = new HangingPoll(host);
        long deadline = System.nanoTime() + SOON.toNanos();
        while (poll.answered(HANGS)) {
            assertThat(poll.poll.join().status()).as("a poll that is to hang").isEqualTo(304);
            assertThat(System.nanoTime()).as("a poll hangs").isLessThan(deadline);
            poll.poll = poll.send();
        }
        return poll;
    }

    /** The first answer of this kind, which must come soon. */
    public Answer until(Predicate<Answer> wanted) throws Exception {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (true) {
            var answer = poll.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (wanted.test(answer)) {
                return answer;
            }
            assertThat(answer.status()).as("the answer to a poll").isEqualTo(304);
            poll = send();
        }
    }

    private CompletableFuture<Answer> send() {
        return host.sendLater(
                host.request(DIRECTIVE).header("If-None-Match", etag).header("Prefer", "wait=50"));
    }

    private boolean answered(Duration within) throws InterruptedException, ExecutionException {
        try {
            poll.get(within.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
