package io.rebootless.server.access;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.Problem;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpHeaders;

/** Knows which host a token belongs to. The fleet does; access only asks. */
public interface HostTokens {
    /**
     * The host that shows a token.
     *
     * @param address where the request comes from
     * @throws ProblemException {@code too-many-failures}
     */
    Optional<Holder> holder(Sha256 tokenHash, String address);

    /** A host that shows its token. */
    record Holder(UUID host, Standing standing) {}

    /** What a host's token is good for. */
    enum Standing {
        MEMBER,
        /** It has left the fleet: its token is known, and good for nothing. */
        RETIRED,
        /** Two machines show its token, and nobody can tell which of them is the host: neither is. */
        CLONED;

        /**
         * For what a host does after its token was looked at: it may have left meanwhile.
         *
         * @throws ProblemException unless it is a member
         */
        public void demandMember() {
            refusal().ifPresent(problem -> {
                var refused = new ProblemException(problem);
                throw this == CLONED ? refused.with(HttpHeaders.WWW_AUTHENTICATE, BearerFilter.CHALLENGE) : refused;
            });
        }

        /** Why nothing is answered; empty for a member. */
        public Optional<Problem> refusal() {
            return switch (this) {
                case MEMBER -> Optional.empty();
                case RETIRED ->
                    Optional.of(ProblemType.HOST_RETIRED.problem(
                            "This host was taken out of the fleet, or was silent for too long.",
                            null,
                            null,
                            "Enrol it again."));
                case CLONED ->
                    Optional.of(ProblemType.HOST_CLONED.problem(
                            "Two machines show this host's token, one of them a copy of the other.",
                            null,
                            null,
                            "Enrol both again: rebootless-agent enroll --force."));
            };
        }
    }
}
