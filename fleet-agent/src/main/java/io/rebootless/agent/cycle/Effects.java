package io.rebootless.agent.cycle;

import io.rebootless.agent.cycle.Round.Probed;
import io.rebootless.agent.fetch.FetchException;
import io.rebootless.agent.fetch.Inspection;
import io.rebootless.agent.kernel.KernelRefusedException;
import io.rebootless.agent.kernel.LivepatchKernel.Command;
import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.memory.HandedOver;
import io.rebootless.agent.memory.InForce;
import io.rebootless.agent.memory.Session;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.memory.Withdrawal;
import io.rebootless.agent.verification.Finding;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.Sha256;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Failure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Carries out single steps under the action lock; what is remembered of a step is on disk before it is taken. */
final class Effects {
    private final Equipment with;
    private final BootWatch boots;
    private final Ledger ledger;
    private final Retreats retreats;
    private Optional<Checked> checked = Optional.empty();
    private Optional<Probed> probed = Optional.empty();
    private Optional<Failure> floorless = Optional.empty();

    /** The bundle whose description is known to be on disk. */
    private Optional<Sha256> described = Optional.empty();

    Effects(Equipment equipment, BootWatch boots, Ledger ledger) {
        this.with = equipment;
        this.boots = boots;
        this.ledger = ledger;
        this.retreats = new Retreats(equipment, ledger);
    }

    /** What this process has found out so far. */
    Round round() {
        return new Round(checked, probed, with.probes().unfit(), retreats.refused(), floorless);
    }

    /** What is due next while a bundle is watched. */
    SoakWatch watch(HandedOver attempt) {
        return new SoakWatch(
                attempt.inForceSince().orElse(attempt.since()),
                with.rules(),
                probed.filter(run -> run.bundle().equals(attempt)).map(Probed::at));
    }

    /** Trust may have changed since: what was verified is verified again before it is used. */
    void beginRound() {
        checked = Optional.empty();
        floorless = Optional.empty();
        retreats.beginRound();
    }

    /** The probes have passed, begun at a time since boot. */
    void passed(HandedOver bundle, Duration begun) {
        probed = Optional.of(new Probed(bundle, begun));
    }

    void perform(Step step, Session session) throws IOException {
        if (step instanceof Step.RestoreFloor restore) {
            restoreFloor(restore.floor());
        } else if (step instanceof Step.RememberFloor remember) {
            session.save(session.memory().withFloor(with.running().buildId(), remember.floor()));
        } else if (step instanceof Step.HandOver handOver) {
            handOver(handOver, session);
        } else if (step instanceof Step.Adopt adopt) {
            boots.goesOn();
            attempt(adopt.bundle(), session);
        } else if (step instanceof Step.Reverse reverse) {
            retreats.stalled(reverse.bundle(), session);
        } else if (step instanceof Step.NameBlocking blocking) {
            retreats.nameBlocking(blocking.module(), blocking.out(), session);
        } else if (step instanceof Step.TurnBack back) {
            retreats.turnBack(back.retreat());
        } else if (step instanceof Step.Retreated gone) {
            retreats.gone(gone.retreat(), session);
        } else if (step instanceof Step.Soak soak) {
            var watched = soak.bundle().inForce(with.clock().sinceBoot());
            session.save(session.memory().with(session.memory().progress().attempting(watched)));
        } else if (step instanceof Step.Settle settle) {
            settle(settle.bundle(), session);
        } else if (step instanceof Step.Abandon abandon) {
            judge(session, abandon.bundle().reference(), AgentState.FAILED, abandon.failure());
        } else if (step instanceof Step.Refuse refuse) {
            judge(session, refuse.bundle(), AgentState.REFUSED, refuse.failure());
        } else if (step instanceof Step.Disable disable) {
            disable(disable.patch(), session);
        } else if (step instanceof Step.AwaitGone awaitGone) {
            session.save(session.memory().with(session.memory().progress().withdrawing(awaitGone.withdrawal())));
        } else if (step instanceof Step.Clear) {
            clear(session);
        } else if (step instanceof Step.Rest rest && rest.standing().state() == AgentState.SETTLED) {
            describeAgain(rest.standing(), session);
        }
        // Rest, Fetch, Verify, Probe and Await are waited out without the lock.
    }

    /** Without it nothing new is handed over; the rest of the round, and the report of it, go on. */
    private void restoreFloor(long floor) {
        try {
            with.kernel().raiseFloor(floor);
            with.log().info("floor %d restored after the boot".formatted(floor));
        } catch (IOException | KernelRefusedException e) {
            String why = "floor %d is not restored: %s".formatted(floor, e.getMessage());
            with.log().warning(why);
            floorless = Optional.of(EventLog.failure("floor-not-restored", why));
        }
    }

    /** What has come of verifying a bundle. */
    void found(BundleReference bundle, Finding finding, Session session) throws IOException {
        if (finding instanceof Finding.Rejected rejected) {
            if (rejected.stale()) {
                with.cache().drop(bundle.fileDigest());
            }
            judge(session, bundle, rejected.state(), rejected.failure());
        } else if (finding instanceof Finding.Trusted trusted) {
            checked = Optional.of(Checked.of(bundle, trusted));
            session.save(session.memory()
                    .with(new Standing(AgentState.VERIFIED, Optional.of(bundle.identity()), Optional.empty())));
            with.log().info("verified: %s, signed by %s".formatted(name(bundle), trusted.signers()));
        }
    }

    /** The journal first: if it cannot be written, nothing is applied. */
    private void handOver(Step.HandOver step, Session session) throws IOException {
        var reference = step.bundle().reference();
        boots.goesOn();
        ledger.record(session, AgentState.APPLYING, reference, step.command().word());
        attempt(step.bundle(), session);
        try (var bytes =
                new BufferedInputStream(Files.newInputStream(with.cache().whole(reference.fileDigest())))) {
            with.kernel().stage(bytes);
            with.kernel().apply(step.command());
            with.log().info("handed over: " + name(reference));
        } catch (KernelRefusedException e) {
            discard();
            judge(session, reference, e.verdict() ? AgentState.REFUSED : AgentState.FAILED, e.failure());
        } catch (IOException e) {
            discard();
            judge(session, reference, AgentState.FAILED, EventLog.failure("hand-over-failed", e.getMessage()));
        }
    }

    private void attempt(Checked bundle, Session session) throws IOException {
        var memory = session.memory();
        session.save(memory.with(memory.progress().attempting(handedOver(bundle)))
                .with(memory.trial().attempting()));
    }

    private void discard() {
        try {
            with.kernel().apply(Command.DISCARD);
        } catch (IOException | KernelRefusedException e) {
            with.log().warning("what was staged could not be discarded: " + e.getMessage());
        }
    }

    private void settle(HandedOver bundle, Session session) throws IOException {
        var reference = bundle.reference();
        ledger.record(session, AgentState.SETTLED, reference, name(reference) + " is in force for every task");
        var standing = new Standing(AgentState.SETTLED, Optional.of(reference.identity()), Optional.empty());
        var memory = session.memory();
        describe(reference, session);
        var replaced = memory.progress()
                .settled()
                .filter(before -> !before.reference().identity().equals(reference.identity()))
                .filter(before -> before.kernel().equals(bundle.kernel()));
        var trial = replaced.map(memory.trial()::replaced).orElse(memory.trial());
        session.save(memory.with(memory.progress().settledOn(bundle))
                .with(trial.keeping(Optional.empty(), reference.identity()))
                .with(standing));
        with.log().info("settled: %s is in force for every task".formatted(name(reference)));
        Set<Sha256> kept = new HashSet<>(Set.of(reference.fileDigest()));
        memory.orders().directive().map(Directive::bundle).ifPresent(ordered -> kept.add(ordered.fileDigest()));
        trial.earlier().ifPresent(before -> kept.add(before.reference().fileDigest()));
        with.cache().keepOnly(kept);
    }

    /**
     * Publishes what the bundle's publishers say of it. Its signatures were verified before the hand-over; these still
     * are the same bytes, or nothing is said.
     */
    private void describe(BundleReference bundle, Session session) throws IOException {
        try {
            var manifest = Inspection.manifest(with.cache().whole(bundle.fileDigest()), bundle);
            session.describe(InForce.of(
                    bundle, manifest, with.host().bootId(), with.wall().instant()));
        } catch (RefusedException | FetchException | NoSuchFileException e) {
            with.log().warning("what %s fixes cannot be said: %s".formatted(name(bundle), e.getMessage()));
        }
        described = Optional.of(bundle.identity());
    }

    /** What settled under an earlier agent, or had its description removed. */
    private void describeAgain(Standing standing, Session session) throws IOException {
        if (standing.bundle().equals(described)) {
            return;
        }
        var onDisk = with.state().inForce().map(InForce::bundle);
        var settled = session.memory()
                .progress()
                .settled()
                .map(HandedOver::reference)
                .filter(reference -> standing.bundle().equals(Optional.of(reference.identity())));
        if (settled.isPresent() && !onDisk.equals(standing.bundle())) {
            describe(settled.get(), session);
        }
        described = standing.bundle();
    }

    private void disable(String patch, Session session) throws IOException {
        record(session, "turning off " + patch);
        var withdrawal =
                new Withdrawal(patch, with.host().bootId(), with.clock().sinceBoot());
        var memory = session.memory();
        session.save(memory.with(memory.progress().withdrawing(withdrawal))
                .with(memory.trial().unblocked()));
        try {
            with.kernel().disable(patch);
            with.log().info("turned off: " + patch);
        } catch (KernelRefusedException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void clear(Session session) throws IOException {
        retreats.unload();
        record(session, "nothing of ours is in force");
        session.forgetInForce();
        described = Optional.empty();
        var memory = session.memory();
        session.save(
                memory.with(memory.progress().withdrawn()).with(memory.trial().withdrawn()));
    }

    /** A bundle was refused or has failed. */
    void judge(Session session, BundleReference bundle, AgentState state, Failure failure) throws IOException {
        ledger.judge(session, bundle, state, failure);
    }

    /** The probes say that it must go. */
    void reject(HandedOver bundle, Failure failure, Session session) throws IOException {
        retreats.reject(bundle, failure, session);
    }

    private void record(Session session, String detail) throws IOException {
        ledger.record(session, AgentState.IDLE, Optional.empty(), Optional.empty(), detail);
    }

    private HandedOver handedOver(Checked bundle) {
        return new HandedOver(
                bundle.reference(),
                bundle.header().module(),
                bundle.header().downgradeSafe(),
                with.running().buildId(),
                with.host().bootId(),
                with.clock().sinceBoot(),
                Optional.empty());
    }

    static String say(Standing standing) {
        String bundle = standing.bundle()
                .map(identity -> ", bundle " + identity.brief())
                .orElse("");
        String failure = standing.failure()
                .map(reason -> ": " + reason.name() + ", " + reason.message())
                .orElse("");
        return lower(standing.state()) + bundle + failure;
    }

    static String name(BundleReference bundle) {
        return "level %d (%s)".formatted(bundle.level(), bundle.publication());
    }

    static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
