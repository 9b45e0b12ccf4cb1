package io.rebootless.agent.verification;

import io.rebootless.agent.log.EventLog;
import io.rebootless.bundle.BundleHeader;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Failure;
import java.util.List;

/** What came of looking at a bundle. */
public sealed interface Finding {
    /** No answer that anybody could rely on: neither trusted nor refused. */
    String FAILED = "verification-failed";

    /**
     * It is what was promised, and enough trusted publishers have signed it.
     *
     * @param header what decides whether the kernel may have it
     * @param signers who has signed, as people know them; at least one
     */
    record Trusted(BundleHeader header, List<String> signers) implements Finding {
        public Trusted {
            signers = List.copyOf(signers);
            if (signers.isEmpty()) {
                throw new IllegalArgumentException("nobody has signed it");
            }
        }
    }

    /**
     * It must not be used.
     *
     * @param state {@link AgentState#REFUSED}, or {@link AgentState#FAILED} if another try may end otherwise
     * @param failure why
     * @param stale whether the file is not what it should be, and goes
     */
    record Rejected(AgentState state, Failure failure, boolean stale) implements Finding {
        public Rejected {
            if (state != AgentState.REFUSED && state != AgentState.FAILED) {
                throw new IllegalArgumentException("a bundle is refused or has failed, not " + state);
            }
        }
    }

    /** Nothing is known about the bundle; it is looked at again later. */
    static Finding failed(String name, String message) {
        return new Rejected(AgentState.FAILED, EventLog.failure(name, message), false);
    }
}
