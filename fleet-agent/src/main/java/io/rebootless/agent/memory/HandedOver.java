package io.rebootless.agent.memory;

import io.rebootless.kernel.BuildId;
import io.rebootless.wire.BundleReference;
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

    public HandedOver inForce(Duration now) {
        return new HandedOver(reference, module, downgradeSafe, kernel, bootId, since, Optional.of(now));
    }
}
