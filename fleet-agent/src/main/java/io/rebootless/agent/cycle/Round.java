package io.rebootless.agent.cycle;

import io.rebootless.agent.memory.HandedOver;
import io.rebootless.bundle.Sha256;
import io.rebootless.wire.Failure;
import java.time.Duration;
import java.util.Optional;

/**
 * What this process has found out and forgets: another one finds it out again.
 *
 * @param checked the bundle that it has verified last
 * @param probed when the probes have passed last
 * @param unfit why probes could not be run now
 * @param refused what the kernel has not let go of in this round
 * @param floorless why the floor could not be restored in this round
 */
record Round(
        Optional<Checked> checked,
        Optional<Probed> probed,
        Optional<Failure> unfit,
        Optional<Sha256> refused,
        Optional<Failure> floorless) {

    /**
     * Probes that have passed.
     *
     * @param bundle what was in force
     * @param at when they began, since boot
     */
    record Probed(HandedOver bundle, Duration at) {}

    /** When the probes have passed last for a bundle, since boot. */
    Optional<Duration> passed(HandedOver bundle) {
        return probed.filter(run -> run.bundle().equals(bundle)).map(Probed::at);
    }
}
