package io.rebootless.agent.cycle;

import io.rebootless.agent.kernel.LivepatchKernel.Command;
import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.memory.HandedOver;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.memory.Trial.Blocking;
import io.rebootless.agent.memory.Trial.Retreat;
import io.rebootless.agent.memory.Withdrawal;
import io.rebootless.bundle.Admission;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.Sha256;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BlockingTask;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Which step comes next: a pure function, so that every answer can be tested without a host. */
final class Decision {
    private final Situation now;

    private Decision(Situation situation) {
        this.now = situation;
    }

    static Step next(Situation situation) {
        return new Decision(situation).step();
    }

    /** The same, but for the floors: what there is to do where nothing can be remembered. */
    static Step course(Situation situation) {
        return new Decision(situation).course();
    }

    private Step step() {
        long remembered = now.memory().floor(now.running().buildId());
        if (now.takesCommands()
                && remembered > now.kernel().floor()
                && now.round().floorless().isEmpty()) {
            return new Step.RestoreFloor(remembered);
        }
        if (now.kernel().floor() > remembered) {
            return new Step.RememberFloor(now.kernel().floor());
        }
        return course();
    }

    private Step course() {
        var off = off();
        if (off.isPresent()) {
            return withdraw(off.get());
        }
        if (now.retreat().isPresent()) {
            return retreat(now.retreat().get());
        }
        if (now.attempt().isPresent()) {
            return inFlight(now.attempt().get());
        }
        if (now.kernel().transition()) {
            return unclaimedTransition();
        }
        if (now.hold().isPresent()) {
            return stay(now.hold().get());
        }
        return obey();
    }

    /** Why nothing of ours shall be in force, as the standing to come to rest on. */
    private Optional<Standing> off() {
        if (now.hold().isPresent()) {
            return now.hold().filter(hold -> hold.mode() == Hold.Mode.OFF).map(hold -> held(hold, Optional.empty()));
        }
        return order(Directive.Order.NONE)
                .filter(directive -> now.policy().none())
                .map(directive -> Standing.IDLE);
    }

    private Step withdraw(Standing goal) {
        var leaving = now.memory()
                .progress()
                .withdrawal()
                .filter(withdrawal -> withdrawal.bootId().equals(now.bootId()));
        if (now.patch().isPresent()) {
            String patch = now.patch().get();
            if (now.kernel().enabled()) {
                return new Step.Disable(patch);
            }
            var withdrawal = leaving.orElse(new Withdrawal(patch, now.bootId(), now.now()));
            if (!overdue(withdrawal.since())) {
                return new Step.AwaitGone(withdrawal);
            }
            return blocking(patch)
                    .map(tasks ->
                            rest(AgentState.FAILED, Optional.empty(), Optional.of(Stalls.withdrawal(patch, tasks))))
                    .orElseGet(() -> new Step.NameBlocking(patch, true));
        }
        boolean remembered = now.memory().progress().attempt().isPresent()
                || now.memory().progress().settled().isPresent()
                || now.memory().trial().retreat().isPresent();
        return leaving.isPresent() || remembered ? new Step.Clear() : rest(goal);
    }

    /** What was handed over is followed to its end, whatever the orders are meanwhile. */
    private Step inFlight(HandedOver attempt) {
        var kernel = now.kernel();
        if (!attempt.shownBy(kernel)) {
            return new Step.Abandon(
                    attempt,
                    new Failure(
                            "not-in-force",
                            "%s was handed over, and the kernel does not show it; `dmesg` may say why"
                                    .formatted(attempt.module())));
        }
        if (kernel.transition()) {
            return overdue(attempt.since())
                    ? new Step.Reverse(attempt)
                    : new Step.Await(attempt.reference().identity());
        }
        if (!kernel.enabled()) {
            return new Step.Abandon(
                    attempt, new Failure("not-in-force", "%s was turned off from outside".formatted(attempt.module())));
        }
        if (attempt.inForceSince().isEmpty()) {
            return new Step.Soak(attempt);
        }
        var watch = new SoakWatch(
                attempt.inForceSince().get(), now.rules(), now.round().passed(attempt));
        if (watch.probeDue(now.now())) {
            return new Step.Probe(attempt, watch.phase());
        }
        return watch.over(now.now())
                ? new Step.Settle(attempt)
                : rest(AgentState.SOAKING, Optional.of(attempt.reference().identity()), Optional.empty());
    }

    /** What was given up is followed until it is gone, too: nothing else fits in beside it. */
    private Step retreat(Retreat retreat) {
        var kernel = now.kernel();
        var bundle = retreat.bundle();
        var identity = Optional.of(bundle.reference().identity());
        if (kernel.enabled() && bundle.shownBy(kernel)) {
            return now.round().refused().equals(identity)
                    ? rest(AgentState.FAILED, identity, Optional.of(retreat.failure()))
                    : new Step.TurnBack(retreat);
        }
        if (!kernel.transition()) {
            return new Step.Retreated(retreat);
        }
        if (!overdue(retreat.since())) {
            return new Step.Await(bundle.reference().identity());
        }
        return blocking(bundle.module())
                .map(tasks -> rest(
                        AgentState.FAILED, identity, Optional.of(Stalls.reversal(retreat, bundle.module(), tasks))))
                .orElseGet(() -> new Step.NameBlocking(bundle.module(), true));
    }

    /** Who holds its way out up, once that was looked at. */
    private Optional<List<BlockingTask>> blocking(String module) {
        return now.memory()
                .trial()
                .blocking()
                .filter(known -> known.reversal() && known.module().equals(module))
                .map(Blocking::tasks);
    }

    private boolean overdue(Duration since) {
        return now.now().minus(now.rules().transitionDeadline()).compareTo(since) >= 0;
    }

    /** Nobody's deadline: on its way back after a stall, called off, or left by an agent that lost its memory. */
    private Step unclaimedTransition() {
        var bundle = now.memory().standing().bundle();
        return now.memory()
                .progress()
                .verdict()
                .filter(verdict -> verdict.bootId().equals(now.bootId()))
                .map(verdict -> rest(verdict.state(), Optional.of(verdict.bundle()), Optional.of(verdict.failure())))
                .orElseGet(() -> rest(AgentState.APPLYING, bundle, Optional.empty()));
    }

    /** A hold that keeps the level keeps it across a reboot; the others touch nothing. */
    private Step stay(Hold hold) {
        return hold.mode() == Hold.Mode.KEEP && lost().isPresent()
                ? attain(lost().get())
                : rest(held(hold, now.inForce()));
    }

    private Step obey() {
        var run = order(Directive.Order.RUN).map(Directive::bundle);
        var forbidden = forbidden();
        if (run.isPresent() && forbidden.isEmpty()) {
            return reach(run.get());
        }
        // Told to stay, or nothing that may be: what had settled before a reboot is put back, and nothing else touched.
        if (lost().isPresent()) {
            return attain(lost().get());
        }
        if (forbidden.isPresent()) {
            return rest(AgentState.REFUSED, run.map(BundleReference::identity), forbidden);
        }
        var hold = order(Directive.Order.HOLD);
        var inForce = now.inForce();
        if (hold.isPresent()) {
            String reason = hold.get().reason();
            return rest(
                    AgentState.HELD,
                    inForce,
                    Optional.of(new Failure("held-by-server", reason == null ? "the server orders to stay" : reason)));
        }
        return rest(inForce.isPresent() ? AgentState.SETTLED : AgentState.IDLE, inForce, Optional.empty());
    }

    /** What a reboot has taken away, or what stands in for it. */
    private Optional<BundleReference> lost() {
        return now.settledEver()
                .filter(settled -> now.kernel().level() == 0)
                .map(settled -> standIn(Long.MAX_VALUE)
                        .filter(other -> now.bar(settled.identity()).isPresent())
                        .orElse(settled));
    }

    /** Why the order is one that this host's administrator does not allow. A reboot does not make it another one. */
    private Optional<Failure> forbidden() {
        long before = Math.max(
                now.kernel().level(),
                now.settledEver()
                        // Rather than none, a lower level than the one that the host has crashed under.
                        .filter(settled -> now.memory()
                                .watch()
                                .quarantine(settled.identity())
                                .isEmpty())
                        .map(BundleReference::level)
                        .orElse(0L));
        var lower = order(Directive.Order.RUN)
                .map(Directive::bundle)
                .filter(bundle -> bundle.level() < before && !now.policy().downgrade());
        if (lower.isPresent()) {
            return Optional.of(new Failure(
                    "forbidden-by-policy",
                    "policy.properties forbids the downgrade from level %d to %d (%s) that the server orders"
                            .formatted(before, lower.get().level(), lower.get().publication())));
        }
        return order(Directive.Order.NONE)
                .filter(directive -> before > 0 && !now.policy().none())
                .map(directive -> new Failure(
                        "forbidden-by-policy",
                        "policy.properties forbids the order to run no livepatch; level %d stays".formatted(before)));
    }

    /**
     * On the way to what is ordered, and in its place if it may not run, comes what had settled before: rather than
     * none, and only below it. Whoever orders a lower level wants the higher one gone.
     */
    private Step reach(BundleReference ordered) {
        boolean atHand = now.cached().contains(ordered.fileDigest())
                && now.bar(ordered.identity()).isEmpty();
        var before = atHand || now.kernel().level() > 0 ? Optional.<BundleReference>empty() : standIn(ordered.level());
        return attain(before.orElse(ordered));
    }

    private Optional<BundleReference> standIn(long below) {
        return now.standIns().stream()
                .filter(settled -> settled.level() < below)
                .filter(settled -> settled.level() >= now.floor())
                .filter(settled -> now.cached().contains(settled.fileDigest()))
                .filter(settled -> now.bar(settled.identity()).isEmpty())
                .findFirst();
    }

    private Step attain(BundleReference wanted) {
        var identity = Optional.of(wanted.identity());
        if (now.memory().watch().quarantine(wanted.identity()).isPresent()) {
            return rest(now.bar(wanted.identity()).orElseThrow());
        }
        var settled = now.settledNow();
        if (settled.isPresent() && settled.get().reference().identity().equals(wanted.identity())) {
            return now.kernel().inForce()
                    ? rest(AgentState.SETTLED, identity, Optional.empty())
                    : rest(
                            AgentState.FAILED,
                            identity,
                            Optional.of(new Failure(
                                    "not-in-force", settled.get().module() + " was turned off from outside")));
        }
        var bar = now.bar(wanted.identity());
        if (bar.isPresent()) {
            return rest(bar.get());
        }
        var obstacle = obstacle();
        if (obstacle.isPresent()) {
            return rest(AgentState.FAILED, identity, obstacle);
        }
        var checked = now.round().checked().filter(bundle -> bundle.reference().equals(wanted));
        if (checked.isEmpty()) {
            return now.cached().contains(wanted.fileDigest()) ? new Step.Verify(wanted) : new Step.Fetch(wanted);
        }
        return settled.isEmpty() && now.shownBy(wanted, checked.get().header().module())
                ? new Step.Adopt(checked.get())
                : admit(checked.get());
    }

    /** Why the kernel cannot take anything now. Looked at afresh each time: no attempt is made, so none is counted. */
    private Optional<Failure> obstacle() {
        if (!now.takesCommands()) {
            return Optional.of(new Failure(
                    "module-missing",
                    "the kernel module rebootless is not loaded; see `systemctl status rebootless-trust`"));
        }
        if (!now.verifies()) {
            return Optional.of(new Failure(
                    "not-sealed", "the kernel module's trust is not sealed; see `systemctl status rebootless-trust`"));
        }
        if (now.round().floorless().isPresent()) {
            return now.round().floorless();
        }
        var foreign = new TreeSet<>(now.livepatches());
        now.patch().ifPresent(foreign::remove);
        return foreign.isEmpty()
                ? now.round().unfit()
                : Optional.of(new Failure(
                        "foreign-livepatch",
                        "%s is in force and not ours: it would be replaced without a word; turn it off first"
                                .formatted(String.join(", ", foreign))));
    }

    private Step admit(Checked bundle) {
        long inForce = now.kernel().level();
        boolean safe = now.settledNow().map(HandedOver::downgradeSafe).orElse(true);
        var admission = new Admission(now.running(), now.floor(), inForce, safe);
        boolean down = bundle.header().level() < inForce;
        try {
            if (down) {
                admission.downgrade(bundle.header());
            } else {
                admission.upgrade(bundle.header());
            }
        } catch (RefusedException e) {
            var refusal = e.refusal();
            return new Step.Refuse(bundle.reference(), EventLog.failure(refusal.name(), refusal.message()));
        }
        return new Step.HandOver(bundle, down ? Command.DOWNGRADE : Command.UPGRADE);
    }

    private Optional<Directive> order(Directive.Order order) {
        return now.memory().orders().directive().filter(directive -> directive.order() == order);
    }

    private static Standing held(Hold hold, Optional<Sha256> inForce) {
        return new Standing(AgentState.HELD, inForce, Optional.of(new Failure("held-on-host", hold.words())));
    }

    private static Step rest(Standing standing) {
        return new Step.Rest(standing);
    }

    private static Step rest(AgentState state, Optional<Sha256> bundle, Optional<Failure> failure) {
        return new Step.Rest(new Standing(state, bundle, failure));
    }
}
