package io.rebootless.agent.memory;

import io.rebootless.kernel.BuildId;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.LivepatchState;
import java.time.Duration;
import java.util.Optional;

/**
 * A bundle that the kernel was given.
 *
 * @param reference which
 * @param module the livepatch's name in the kernel
 * @param downgradeSafe whether a lower level may take its place
 * @param kernel the build it is for
 * @param bootId the boot in which it was given
 * @param since time since that boot
 * @param inForceSince when its transition was seen finished
 */
public record HandedOver(
        BundleReference reference,
        String module,
        boolean downgradeSafe,
        BuildId kernel,
        String bootId,
        Duration since,
        Optional<Duration> inForceSince) {

    /** Whether it was given in this boot, to this kernel. */
    public boolean ofBoot(String boot, BuildId running) {
        return bootId.equals(boot) && kernel.equals(running);
    }

    /** Whether the kernel shows its level under its name: a transition may be under way. */
    public boolean shownBy(LivepatchState shown) {
        return shown.level() == reference.level() && module.equals(shown.patch());
    }

    public HandedOver inForce(Duration now) {
        return new HandedOver(reference, module, downgradeSafe, kernel, bootId, since, Optional.of(now));
    }
}
