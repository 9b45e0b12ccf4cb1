package io.rebootless.agent.cycle;

import io.rebootless.agent.host.LaggingTasks;
import io.rebootless.agent.kernel.KernelRefusedException;
import io.rebootless.agent.kernel.LivepatchKernel.Command;
import io.rebootless.agent.memory.HandedOver;
import io.rebootless.agent.memory.Memory;
import io.rebootless.agent.memory.Session;
import io.rebootless.agent.memory.Trial.Blocking;
import io.rebootless.agent.memory.Trial.Rejection;
import io.rebootless.agent.memory.Trial.Retreat;
import io.rebootless.agent.settings.Loader;
import io.rebootless.bundle.Sha256;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BlockingTask;
import io.rebootless.wire.Failure;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Takes bundles out again that were handed over and did not do. */
final class Retreats {
    private final Equipment with;
    private final Ledger ledger;
    private Optional<Sha256> refused = Optional.empty();

    Retreats(Equipment equipment, Ledger ledger) {
        this.with = equipment;
        this.ledger = ledger;
    }

    /** What the kernel has not let go of in this round. */
    Optional<Sha256> refused() {
        return refused;
    }

    void beginRound() {
        refused = Optional.empty();
    }

    /** Its transition has missed its deadline. */
    void stalled(HandedOver bundle, Session session) throws IOException {
        var tasks = nameBlocking(bundle.module(), false, session);
        var failure = Stalls.transition(bundle.module(), with.rules().transitionDeadline(), tasks);
        giveUp(session.memory(), bundle, failure, session);
        ledger.judge(session, bundle.reference(), AgentState.FAILED, failure);
    }

    /** The probes say that it must go, and under this directive it does not come back. */
    void reject(HandedOver bundle, Failure failure, Session session) throws IOException {
        var memory = session.memory();
        var rejection =
                new Rejection(bundle.reference().identity(), memory.orders().generation(), failure);
        var rejected = memory.with(memory.trial().rejecting(rejection))
                .with(memory.progress().givenUp());
        giveUp(rejected, bundle, failure, session);
        ledger.record(session, AgentState.FAILED, bundle.reference(), failure.name() + ": " + failure.message());
    }

    /** On disk before it is turned off: a crash on its way out is one under it. */
    private void giveUp(Memory memory, HandedOver bundle, Failure failure, Session session) throws IOException {
        var retreat = new Retreat(bundle, with.clock().sinceBoot(), failure);
        session.save(memory.with(memory.trial().retreating(retreat)));
        with.log().error(failure.message());
    }

    List<BlockingTask> nameBlocking(String module, boolean out, Session session) throws IOException {
        var tasks = LaggingTasks.read(with.proc(), out);
        var memory = session.memory();
        session.save(memory.with(memory.trial().blockedBy(new Blocking(module, out, tasks)))
                .with(memory.reporting().asDue()));
        return tasks;
    }

    void turnBack(Retreat retreat) throws IOException {
        String module = retreat.bundle().module();
        try {
            with.kernel().disable(module);
            with.log().info("turned off: " + module);
        } catch (KernelRefusedException e) {
            refused = Optional.of(retreat.bundle().reference().identity());
            with.log().error(String.valueOf(e.getMessage()));
        }
    }

    /** From now on the time until the next attempt counts, not while the kernel was busy with the last. */
    void gone(Retreat retreat, Session session) throws IOException {
        var memory = session.memory();
        var identity = retreat.bundle().reference().identity();
        var progress = memory.progress();
        var verdict = progress.verdict().filter(known -> known.bundle().equals(identity));
        if (verdict.isPresent()) {
            progress = progress.judged(ledger.postponed(verdict.get()));
        }
        session.save(memory.with(progress).with(memory.trial().retreated()));
        if (with.kernel().state().level() == 0) {
            unload();
        }
        with.log().info("gone: " + Effects.name(retreat.bundle().reference()));
    }

    /** Takes what is off out of the kernel's memory. */
    void unload() throws IOException {
        if (with.kernel().loader() == Loader.DIRECT || with.kernel().state().moduleLoaded()) {
            try {
                with.kernel().apply(Command.CLEAR);
            } catch (KernelRefusedException e) {
                // The next hand-over unloads it too.
                with.log().warning("what is left of the livepatch could not be unloaded: " + e.getMessage());
            }
        }
    }
}
