package io.rebootless.server.rollout;

import io.rebootless.server.rollout.MemberRule.Facts;
import io.rebootless.server.rollout.MemberRule.Standing;
import io.rebootless.wire.RolloutHostState;
import java.time.Instant;
import java.util.UUID;

/**
 * A host of a rollout.
 *
 * @param since when it came to stand where it stands
 * @param facts what is known of it
 */
record Member(UUID host, Instant since, Facts facts) {
    RolloutHostState state() {
        return facts.was();
    }

    Counts.Counted counted() {
        return new Counts.Counted(state(), facts.handed() != null, since);
    }

    Member standing(Standing now, Instant at) {
        var moved = new Facts(
                now.state(),
                now.detail(),
                facts.released(),
                facts.handed(),
                facts.left(),
                facts.held(),
                facts.heard(),
                facts.report(),
                facts.settled(),
                facts.quarantine());
        return new Member(host, now.state() == state() ? since : at, moved);
    }
}
