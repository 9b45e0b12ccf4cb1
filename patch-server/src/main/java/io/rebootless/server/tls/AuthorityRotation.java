package io.rebootless.server.tls;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When one authority makes room for the next: announced early, switched to late, forgotten last. */
final class AuthorityRotation {
    /** Before the present authority's end the next one is announced. */
    static final Duration ANNOUNCE_BEFORE = Duration.ofDays(2 * 365);

    /** So long before its end it is left, whoever has not followed: those would be lost with it anyway. */
    static final Duration LEAVE_BEFORE = Duration.ofDays(90);

    /** The previous authority is kept at least so long: people hold copies of it, too. */
    static final Duration KEEP = Duration.ofDays(30);

    private AuthorityRotation() {}

    /**
     * Where the authorities of one server stand.
     *
     * @param ends when the present one does
     * @param announced since when there is a next one
     * @param left the one before
     */
    record State(Instant ends, Optional<Instant> announced, Optional<Left> left) {}

    /**
     * An authority that was left for its next.
     *
     * @param since when it was
     * @param ends when nobody can use it any more
     */
    record Left(Instant since, Instant ends) {}

    /**
     * Who has not taken the authorities as they are now.
     *
     * @param heard hosts that were heard of lately
     * @param silent hosts that were not
     */
    record Missing(int heard, int silent) {
        boolean nobody() {
            return heard == 0 && silent == 0;
        }
    }

    /** What is to be done now. */
    enum Step {
        NOTHING,
        ANNOUNCE,
        SWITCH,
        /** Forget the previous authority. */
        FORGET
    }

    /** Whether an operator may switch. */
    enum Permission {
        GRANTED,
        NOTHING_ANNOUNCED,
        /** Hosts that were heard of have not taken it; to be forced only after {@code grace}. */
        HOSTS_MISSING
    }

    /**
     * What the server does by itself.
     *
     * @param grace from the announcement of a next authority to the switch, so that hosts that are off have a chance
     */
    static Step next(State state, Missing missing, Duration grace, Instant now) {
        if (state.left().isPresent()) {
            Left left = state.left().get();
            boolean moved = missing.nobody() && !now.isBefore(left.since().plus(KEEP));
            return moved || !now.isBefore(left.ends()) ? Step.FORGET : Step.NOTHING;
        }
        if (state.announced().isEmpty()) {
            return now.isBefore(state.ends().minus(ANNOUNCE_BEFORE)) ? Step.NOTHING : Step.ANNOUNCE;
        }
        boolean due = missing.heard() == 0
                && !now.isBefore(switchFrom(state.announced().get(), grace));
        return due || !now.isBefore(state.ends().minus(LEAVE_BEFORE)) ? Step.SWITCH : Step.NOTHING;
    }

    /** What an operator may have done at once: with every host that answers, or by force once the grace is over. */
    static Permission switching(State state, Missing missing, boolean force, Duration grace, Instant now) {
        if (state.announced().isEmpty()) {
            return Permission.NOTHING_ANNOUNCED;
        }
        boolean forced = force && !now.isBefore(switchFrom(state.announced().get(), grace));
        return missing.heard() == 0 || forced ? Permission.GRANTED : Permission.HOSTS_MISSING;
    }

    static Instant switchFrom(Instant announced, Duration grace) {
        return announced.plus(grace);
    }
}
