package io.rebootless.agent.memory;

import java.util.Optional;

/**
 * How far the agent is with the kernel.
 *
 * @param attempt handed over, or about to be, and not settled
 * @param settled the last one that settled, perhaps in an earlier boot: what a reboot brings back
 * @param withdrawal turned off and not gone yet
 * @param verdict why the ordered bundle is not tried
 */
public record Progress(
        Optional<HandedOver> attempt,
        Optional<HandedOver> settled,
        Optional<Withdrawal> withdrawal,
        Optional<Verdict> verdict) {
    public static final Progress NONE =
            new Progress(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public Progress attempting(HandedOver bundle) {
        return new Progress(Optional.of(bundle), settled, Optional.empty(), verdict);
    }

    /** What is known of other bundles stays: the one that has settled may stand in for them. */
    public Progress settledOn(HandedOver bundle) {
        return new Progress(
                Optional.empty(),
                Optional.of(bundle),
                Optional.empty(),
                verdict.filter(
                        known -> !known.bundle().equals(bundle.reference().identity())));
    }

    /** Given up, for whatever reason is kept elsewhere. */
    public Progress givenUp() {
        return new Progress(Optional.empty(), settled, withdrawal, verdict);
    }

    /** The attempt has come to nothing. */
    public Progress judged(Verdict why) {
        return new Progress(Optional.empty(), settled, withdrawal, Optional.of(why));
    }

    public Progress withdrawing(Withdrawal begun) {
        return new Progress(attempt, settled, Optional.of(begun), verdict);
    }

    /** Nothing of ours is in the kernel, and nothing shall come back by itself. */
    public Progress withdrawn() {
        return new Progress(Optional.empty(), Optional.empty(), Optional.empty(), verdict);
    }

    public Progress givenAnotherChance() {
        return new Progress(attempt, settled, withdrawal, Optional.empty());
    }
}
