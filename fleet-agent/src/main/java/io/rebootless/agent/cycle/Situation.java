package io.rebootless.agent.cycle;

import io.rebootless.agent.memory.HandedOver;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.Memory;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.memory.Trial.Retreat;
import io.rebootless.agent.policy.Policy;
import io.rebootless.agent.settings.Loader;
import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.LivepatchState;
import io.rebootless.wire.QuarantinedBundle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Everything the next step depends on: a decision looks at nothing else.
 *
 * @param running the kernel build that runs
 * @param bootId this boot
 * @param now since boot
 * @param memory what is remembered; its orders are for {@code running}
 * @param hold put on the host by hand: the one that goes furthest
 * @param policy what the server may order here
 * @param loader who has the kernel load livepatches
 * @param kernel what the module and the livepatch core say
 * @param livepatches all that the kernel has, by module name
 * @param cached files at hand, by digest
 * @param round what this process has found out
 * @param rules the administrator's
 */
record Situation(
        KernelBuild running,
        String bootId,
        Duration now,
        Memory memory,
        Optional<Hold> hold,
        Policy policy,
        Loader loader,
        LivepatchState kernel,
        Set<String> livepatches,
        Set<Sha256> cached,
        Round round,
        Rules rules) {
    Situation {
        livepatches = Set.copyOf(livepatches);
        cached = Set.copyOf(cached);
    }

    /** Levels below it are refused: the kernel's own floor, or the one it has forgotten with the last boot. */
    long floor() {
        return Math.max(kernel.floor(), memory.floor(running.buildId()));
    }

    /** Whether there is somebody to take commands. */
    boolean takesCommands() {
        return loader == Loader.DIRECT || kernel.moduleLoaded();
    }

    /** Whether whoever verifies last holds to those whom it was told to trust. */
    boolean verifies() {
        return loader == Loader.DIRECT || kernel.sealed();
    }

    /** The name of the livepatch that the module calls ours. */
    Optional<String> patch() {
        return Optional.ofNullable(kernel.patch());
    }

    /** Handed over in this boot and not settled. */
    Optional<HandedOver> attempt() {
        return memory.attempt(bootId, running.buildId());
    }

    /** What settled in this boot and is still what the kernel shows. */
    Optional<HandedOver> settledNow() {
        return memory.settled(bootId, running.buildId(), kernel);
    }

    /** What protects this host now. */
    Optional<Sha256> inForce() {
        return memory.inForce(bootId, running.buildId(), kernel).map(BundleReference::identity);
    }

    /** What settled on this kernel build in any boot. */
    Optional<BundleReference> settledEver() {
        return memory.progress()
                .settled()
                .filter(settled -> settled.kernel().equals(running.buildId()))
                .map(HandedOver::reference);
    }

    /** What may stand in for a bundle that may not run: the last that settled on this kernel build, then the one before. */
    List<BundleReference> standIns() {
        return Stream.of(memory.progress().settled(), memory.trial().earlier())
                .flatMap(Optional::stream)
                .filter(settled -> settled.kernel().equals(running.buildId()))
                .map(HandedOver::reference)
                .toList();
    }

    /** Given up in this boot and not gone yet. */
    Optional<Retreat> retreat() {
        return memory.retreat(bootId, running.buildId());
    }

    /** Whether the kernel shows this level under this name. */
    boolean shownBy(BundleReference reference, String module) {
        return kernel.level() == reference.level() && patch().equals(Optional.of(module));
    }

    /** Why a bundle may not be handed over now, as the standing to come to rest on: the gravest reason first. */
    Optional<Standing> bar(Sha256 identity) {
        long generation = memory.orders().generation();
        return memory.watch()
                .quarantine(identity)
                .map(QuarantinedBundle::reason)
                .or(() -> memory.trial().rejection(identity, generation))
                .map(failure -> new Standing(AgentState.FAILED, Optional.of(identity), Optional.of(failure)))
                .or(() -> memory.verdicts()
                        .filter(verdict -> verdict.concerns(identity, generation, bootId))
                        .filter(verdict -> !verdict.retryDue(now))
                        .findFirst()
                        .map(verdict ->
                                new Standing(verdict.state(), Optional.of(identity), Optional.of(verdict.failure()))));
    }
}
