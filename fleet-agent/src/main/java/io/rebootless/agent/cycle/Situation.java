package io.rebootless.agent.cycle;

import io.rebootless.agent.memory.HandedOver;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.Memory;
import io.rebootless.agent.policy.Policy;
import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.LivepatchState;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Everything the next step depends on: a decision looks at nothing else.
 *
 * @param running the kernel build that runs
 * @param bootId this boot
 * @param now since boot
 * @param memory what is remembered; its orders are for {@code running}
 * @param hold put on the host by hand: the one that goes furthest
 * @param policy what the server may order here
 * @param kernel what the module and the livepatch core say
 * @param livepatches all that the kernel has, by module name
 * @param cached files at hand, by digest
 * @param checked a bundle that was verified by this process
 * @param rules the administrator's
 */
public record Situation(
        KernelBuild running,
        String bootId,
        Duration now,
        Memory memory,
        Optional<Hold> hold,
        Policy policy,
        LivepatchState kernel,
        Set<String> livepatches,
        Set<Sha256> cached,
        Optional<Checked> checked,
        Rules rules) {
    public Situation {
        livepatches = Set.copyOf(livepatches);
        cached = Set.copyOf(cached);
    }

    /** Levels below it are refused: the kernel's own floor, or the one it has forgotten with the last boot. */
    long floor() {
        return Math.max(kernel.floor(), memory.floor(running.buildId()));
    }

    /** The name of the livepatch that the module calls ours. */
    Optional<String> patch() {
        return Optional.ofNullable(kernel.patch());
    }

    /** Handed over in this boot and not settled. */
    Optional<HandedOver> attempt() {
        return memory.progress().attempt().filter(this::ofThisBoot);
    }

    /** What settled in this boot and is still what the kernel shows. */
    Optional<HandedOver> settledNow() {
        return memory.progress()
                .settled()
                .filter(settled -> ofThisBoot(settled) && shownBy(settled.reference(), settled.module()));
    }

    /** What settled on this kernel build in any boot. */
    Optional<BundleReference> settledEver() {
        return memory.progress()
                .settled()
                .filter(settled -> settled.kernel().equals(running.buildId()))
                .map(HandedOver::reference);
    }

    /** Whether the kernel shows this level under this name. */
    boolean shownBy(BundleReference reference, String module) {
        return kernel.level() == reference.level() && patch().equals(Optional.of(module));
    }

    /** Whether an earlier attempt forbids this one. */
    boolean blocked(Sha256 identity) {
        return memory.progress()
                .verdict()
                .filter(verdict -> verdict.concerns(identity, memory.orders().generation(), bootId))
                .filter(verdict -> !verdict.retryDue(now))
                .isPresent();
    }

    private boolean ofThisBoot(HandedOver bundle) {
        return bundle.bootId().equals(bootId) && bundle.kernel().equals(running.buildId());
    }
}
