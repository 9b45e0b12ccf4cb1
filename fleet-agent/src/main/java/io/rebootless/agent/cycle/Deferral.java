package io.rebootless.agent.cycle;

import io.rebootless.agent.cycle.Patrol.NotEnrolledException;
import io.rebootless.agent.server.ServerException;
import io.rebootless.agent.server.UnreachableException;
import java.io.IOException;
import java.time.Duration;

/** How long to leave a server alone that was not of use, and what to say about it. */
final class Deferral {
    private static final Backoff UNREACHABLE = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(5));
    private static final Backoff UNKNOWN_TOKEN = new Backoff(Duration.ofMinutes(1), Duration.ofMinutes(15));

    /** What is added to a time that the server names grows with the first failures only: it knows best. */
    private static final int MAX_DOUBLINGS_OF_A_NAMED_TIME = 3;

    private final Equipment with;
    private final ServerHealth health;

    Deferral(Equipment equipment, ServerHealth health) {
        this.with = equipment;
        this.health = health;
    }

    /**
     * Says what went wrong, and how long to wait.
     *
     * @param failures in a row, this one included
     * @throws NotEnrolledException if there is no use in waiting
     */
    Duration after(IOException e, int failures) throws NotEnrolledException {
        complain(e);
        if (e instanceof ServerException refused) {
            if (refused.kind() == ServerException.Kind.RETIRED) {
                throw new NotEnrolledException("the server has retired this host (%s); what is in force stays in force"
                        .formatted(refused.getMessage()));
            }
            if (refused.kind() == ServerException.Kind.UNAUTHORIZED) {
                with.log().error(unknownToken(refused));
                return UNKNOWN_TOKEN.after(failures, with.random());
            }
            if (refused.retryAfter().isPresent()) {
                // Never before the time that it names, and not with everybody else at that very moment.
                var jitter = UNREACHABLE.after(Math.min(failures, MAX_DOUBLINGS_OF_A_NAMED_TIME), with.random());
                return announced(e, refused.retryAfter().get().plus(jitter));
            }
        }
        return announced(e, UNREACHABLE.after(failures, with.random()));
    }

    /** What the server, or the way to it, is to blame for. */
    void complain(IOException e) {
        if (e instanceof ServerException refused && refused.kind() == ServerException.Kind.RETIRED) {
            health.retired(words(e));
        } else if (e instanceof ServerException || e instanceof UnreachableException) {
            health.complain(words(e));
        }
    }

    private Duration announced(IOException e, Duration pause) {
        with.log().warning("%s; next try in %d s".formatted(e.getMessage(), pause.toSeconds()));
        return pause;
    }

    /** For a command, which does not try again. */
    static IOException explained(IOException e) throws NotEnrolledException {
        if (e instanceof ServerException refused) {
            if (refused.kind() == ServerException.Kind.RETIRED) {
                throw new NotEnrolledException("the server has retired this host (%s)".formatted(e.getMessage()));
            }
            if (refused.kind() == ServerException.Kind.UNAUTHORIZED) {
                return new IOException(unknownToken(refused), e);
            }
        }
        return e;
    }

    private static String words(IOException e) {
        return e instanceof ServerException refused && refused.kind() == ServerException.Kind.UNAUTHORIZED
                ? unknownToken(refused)
                : String.valueOf(e.getMessage());
    }

    private static String unknownToken(ServerException e) {
        if (e.cloned()) {
            return "%s The token in token.json came here with a copied disk, or was copied from here."
                    .formatted(e.getMessage());
        }
        return "%s: the server does not know this host's token. Enrol again: rebootless-agent enroll --force …"
                .formatted(e.getMessage());
    }
}
