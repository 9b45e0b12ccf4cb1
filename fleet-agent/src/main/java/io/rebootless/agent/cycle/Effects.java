package io.rebootless.agent.cycle;

import io.rebootless.agent.kernel.KernelRefusedException;
import io.rebootless.agent.kernel.LivepatchKernel.Command;
import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.memory.HandedOver;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.memory.StateDirectory.Session;
import io.rebootless.agent.memory.Verdict;
import io.rebootless.agent.memory.Withdrawal;
import io.rebootless.agent.verification.Finding;
import io.rebootless.bundle.Sha256;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Failure;
import io.rebootless.wire.JournalEntry;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Carries out single steps under the action lock; what is remembered of a step is on disk before it is taken. */
final class Effects {
    private static final Backoff RETRY = new Backoff(Duration.ofSeconds(30), Duration.ofMinutes(30));

    private final Equipment with;
    private Optional<Checked> checked = Optional.empty();

    Effects(Equipment equipment) {
        this.with = equipment;
    }

    /** The bundle that this process has verified last. */
    Optional<Checked> checked() {
        return checked;
    }

    /** Trust may have changed since: what was verified is verified again before it is used. */
    void forgetChecked() {
        checked = Optional.empty();
    }

    void perform(Step step, Session session) throws IOException {
        if (step instanceof Step.RestoreFloor restore) {
            restoreFloor(restore.floor());
        } else if (step instanceof Step.RememberFloor remember) {
            session.save(session.memory().withFloor(with.running().buildId(), remember.floor()));
        } else if (step instanceof Step.Verify verify) {
            verify(verify.bundle(), session);
        } else if (step instanceof Step.HandOver handOver) {
            handOver(handOver, session);
        } else if (step instanceof Step.Adopt adopt) {
            session.save(session.memory().with(session.memory().progress().attempting(handedOver(adopt.bundle()))));
        } else if (step instanceof Step.Reverse reverse) {
            reverse(reverse.bundle(), session);
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
        }
        // Rest, Fetch and Await are waited out without the lock.
    }

    private void restoreFloor(long floor) throws IOException {
        try {
            with.kernel().raiseFloor(floor);
            with.log().info("floor %d restored after the boot".formatted(floor));
        } catch (KernelRefusedException e) {
            throw new IOException("the kernel does not take the floor: " + e.getMessage(), e);
        }
    }

    private void verify(BundleReference bundle, Session session) throws IOException {
        var finding = with.verification().verify(with.cache().whole(bundle.fileDigest()), bundle);
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
        record(session, AgentState.APPLYING, reference, step.command().word());
        session.save(session.memory().with(session.memory().progress().attempting(handedOver(step.bundle()))));
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
            judge(session, reference, AgentState.FAILED, failure("hand-over-failed", String.valueOf(e.getMessage())));
        }
    }

    private void discard() {
        try {
            with.kernel().apply(Command.DISCARD);
        } catch (IOException | KernelRefusedException e) {
            with.log().warning("what was staged could not be discarded: " + e.getMessage());
        }
    }

    private void reverse(HandedOver bundle, Session session) throws IOException {
        String message = "%s: some tasks still ran the old code after %d s; it is being reversed"
                .formatted(bundle.module(), with.rules().transitionDeadline().toSeconds());
        judge(session, bundle.reference(), AgentState.FAILED, failure("transition-stalled", message));
        try {
            with.kernel().disable(bundle.module());
        } catch (KernelRefusedException e) {
            with.log().error(String.valueOf(e.getMessage()));
        }
    }

    private void settle(HandedOver bundle, Session session) throws IOException {
        var reference = bundle.reference();
        record(session, AgentState.SETTLED, reference, name(reference) + " is in force for every task");
        var standing = new Standing(AgentState.SETTLED, Optional.of(reference.identity()), Optional.empty());
        var memory = session.memory();
        session.save(memory.with(memory.progress().settledOn(bundle)).with(standing));
        with.log().info("settled: %s is in force for every task".formatted(name(reference)));
        Set<Sha256> kept = new HashSet<>(Set.of(reference.fileDigest()));
        memory.orders().directive().map(Directive::bundle).ifPresent(ordered -> kept.add(ordered.fileDigest()));
        with.cache().keepOnly(kept);
    }

    private void disable(String patch, Session session) throws IOException {
        record(session, AgentState.IDLE, null, "turning off " + patch);
        var withdrawal =
                new Withdrawal(patch, with.host().bootId(), with.clock().sinceBoot());
        session.save(session.memory().with(session.memory().progress().withdrawing(withdrawal)));
        try {
            with.kernel().disable(patch);
            with.log().info("turned off: " + patch);
        } catch (KernelRefusedException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void clear(Session session) throws IOException {
        if (with.kernel().state().moduleLoaded()) {
            try {
                with.kernel().apply(Command.CLEAR);
            } catch (KernelRefusedException e) {
                // The next hand-over unloads it too.
                with.log().warning("what is left of the livepatch could not be unloaded: " + e.getMessage());
            }
        }
        record(session, AgentState.IDLE, null, "nothing of ours is in force");
        session.save(session.memory().with(session.memory().progress().withdrawn()));
    }

    /** A bundle was refused or has failed: remember it, journal it, and leave it alone for a while or for good. */
    void judge(Session session, BundleReference bundle, AgentState state, Failure failure) throws IOException {
        var memory = session.memory();
        long generation = memory.orders().generation();
        String boot = with.host().bootId();
        int attempts = 1
                + memory.progress()
                        .verdict()
                        .filter(earlier -> earlier.concerns(bundle.identity(), generation, boot))
                        .map(Verdict::attempts)
                        .orElse(0);
        var notBefore = with.clock().sinceBoot().plus(RETRY.after(attempts, with.random()));
        var verdict = new Verdict(bundle.identity(), generation, boot, state, failure, attempts, notBefore);
        session.save(memory.with(memory.progress().judged(verdict)));
        record(session, state, bundle, failure.name() + ": " + failure.message());
    }

    private void record(Session session, AgentState step, @Nullable BundleReference bundle, String detail)
            throws IOException {
        session.record(sequence -> new JournalEntry(
                sequence,
                with.wall().instant(),
                with.host().bootId(),
                step,
                bundle == null ? null : bundle.identity(),
                bundle == null ? null : bundle.level(),
                EventLog.oneLine(detail)));
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

    private static Failure failure(String name, String message) {
        return new Failure(name, EventLog.oneLine(message));
    }
}
