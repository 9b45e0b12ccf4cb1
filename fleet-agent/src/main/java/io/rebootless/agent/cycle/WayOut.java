package io.rebootless.agent.cycle;

import io.rebootless.agent.kernel.KernelRefusedException;
import java.io.IOException;

/**
 * Turns a livepatch off though nothing can be remembered: the disk is full, read-only or broken, perhaps because of that
 * very livepatch. Nothing comes in without a journal; what has to go goes without one. The attempt that is on the disk
 * stays there, so that a crash on the way out still is one under it.
 */
final class WayOut {
    private final Equipment with;

    WayOut(Equipment equipment) {
        this.with = equipment;
    }

    /**
     * Does what a step would have done after it had been remembered, if it was to turn something off.
     *
     * @param trouble why it could not be remembered
     */
    void take(Step step, IOException trouble) {
        if (step instanceof Step.Disable disable) {
            turnOff(disable.patch(), trouble);
        } else if (step instanceof Step.Reverse reverse) {
            turnOff(reverse.bundle().module(), trouble);
        } else if (step instanceof Step.TurnBack back) {
            turnOff(back.retreat().bundle().module(), trouble);
        }
    }

    /** Whatever of ours is in force. */
    void turnOff(IOException trouble) {
        try {
            var patch = with.kernel().state().patch();
            if (patch != null) {
                turnOff(patch, trouble);
            }
        } catch (IOException e) {
            trouble.addSuppressed(e);
        }
    }

    /** A livepatch, unless it is off or on its way out already. */
    void turnOff(String patch, IOException trouble) {
        try {
            var state = with.kernel().state();
            if (state.enabled() && patch.equals(state.patch())) {
                with.kernel().disable(patch);
                with.log()
                        .error("turned off: %s, which could not be written down: %s"
                                .formatted(patch, trouble.getMessage()));
            }
        } catch (IOException | KernelRefusedException e) {
            trouble.addSuppressed(e);
        }
    }
}
