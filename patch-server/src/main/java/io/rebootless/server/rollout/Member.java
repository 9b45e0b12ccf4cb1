package io.rebootless.server.rollout;

import io.rebootless.server.rollout.MemberRule.Facts;
import io.rebootless.server.rollout.MemberRule.Standing;
import io.rebootless.wire.RolloutHostState;
import java.time.Instant;
import java.util.UUID;

/**
 * A host of a rollout.
 *
 * @param excused what it stands for is known to the operator who has resumed the rollout
 * @param facts what is known of it
 */
record Member(UUID host, boolean excused, Facts facts) {
    RolloutHostState state() {
        return facts.was();
    }

    Counts.Counted counted() {
        return new Counts.Counted(state(), excused, facts.since());
    }

    Member standing(Standing now, Instant at) {
        Instant since = now.state() == state() ? facts.since() : at;
        var moved = facts.moved(now.state(), now.detail(), since, facts.released());
        return new Member(host, excused && now.state() == state(), moved);
    }
}
