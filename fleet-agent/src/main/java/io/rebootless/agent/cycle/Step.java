package io.rebootless.agent.cycle;

import io.rebootless.agent.kernel.LivepatchKernel.Command;
import io.rebootless.agent.memory.HandedOver;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.memory.Trial.Retreat;
import io.rebootless.agent.memory.Withdrawal;
import io.rebootless.agent.probe.Probes.Phase;
import io.rebootless.bundle.Sha256;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Failure;

/** What to do next. */
sealed interface Step {

    /** Nothing, until something changes: this is where the host stands. */
    record Rest(Standing standing) implements Step {}

    /** Tell the kernel the floor that it has forgotten with the last boot. */
    record RestoreFloor(long floor) implements Step {}

    /** Remember the floor that a bundle has brought: the next boot forgets it. */
    record RememberFloor(long floor) implements Step {}

    /** Bring the file. */
    record Fetch(BundleReference bundle) implements Step {}

    /** Read it, compare it with what was promised, and ask who has signed it. */
    record Verify(BundleReference bundle) implements Step {}

    /** Journal it, then give it to the kernel. */
    record HandOver(Checked bundle, Command command) implements Step {}

    /** The kernel runs it already, from before this agent remembers. */
    record Adopt(Checked bundle) implements Step {}

    /** Look again in a moment: a transition is running. */
    record Await(Sha256 bundle) implements Step {}

    /** The transition has missed its deadline: give it up. */
    record Reverse(HandedOver bundle) implements Step {}

    /** Take down who holds the transition up. */
    record NameBlocking(String module, boolean out) implements Step {}

    /** It has been given up: turn it off. */
    record TurnBack(Retreat retreat) implements Step {}

    /** It has been given up, and is gone. */
    record Retreated(Retreat retreat) implements Step {}

    /** The transition is finished: from now on it is watched. */
    record Soak(HandedOver bundle) implements Step {}

    /** Ask the administrator's probes whether it may stay. */
    record Probe(HandedOver bundle, Phase phase) implements Step {}

    /** It has held. */
    record Settle(HandedOver bundle) implements Step {}

    /** What was handed over is not there: give up on it for now. */
    record Abandon(HandedOver bundle, Failure failure) implements Step {}

    /** The bundle will not do, and no attempt is made. */
    record Refuse(BundleReference bundle, Failure failure) implements Step {}

    /** Turn our livepatch off. */
    record Disable(String patch) implements Step {}

    /** Look again in a moment: it is on its way out. */
    record AwaitGone(Withdrawal withdrawal) implements Step {}

    /** It is off and gone: unload what is left of it. */
    record Clear() implements Step {}
}
