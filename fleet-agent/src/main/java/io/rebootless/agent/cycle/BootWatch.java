package io.rebootless.agent.cycle;

import io.rebootless.agent.guard.CrashGuard;
import io.rebootless.agent.guard.CrashGuard.Suspect;
import io.rebootless.agent.journal.Journal;
import io.rebootless.agent.memory.CrashWatch.Boot;
import io.rebootless.agent.memory.Memory;
import io.rebootless.agent.memory.Session;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.QuarantinedBundle;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Sees to it, before anything else, that what the host has crashed under stays out of the kernel. */
final class BootWatch {
    /** How exactly the age of a boot is remembered: the disk is not to be written to for it all the time. */
    private static final Duration GRAIN = Duration.ofHours(1);

    private final Equipment with;
    private final Ledger ledger;

    BootWatch(Equipment equipment, Ledger ledger) {
        this.with = equipment;
        this.ledger = ledger;
    }

    /** The first time in a boot: judges the one before. If that cannot be written down, it throws, and nothing is applied. */
    void observe(Session session) throws IOException {
        var boot = new Boot(with.host().bootId(), with.running(), with.clock().sinceBoot());
        var known = session.memory().watch().boot();
        if (known.isEmpty() || !known.get().id().equals(boot.id())) {
            begin(boot, session);
        } else if (boot.uptime().minus(GRAIN).compareTo(known.get().uptime()) >= 0) {
            session.save(session.memory().with(session.memory().watch().in(boot)));
        }
    }

    private void begin(Boot boot, Session session) throws IOException {
        var before = session.memory();
        var finding = CrashGuard.judge(
                before, boot.id(), endedInOrder(session), with.wall().instant());
        var former = before.watch()
                .boot()
                .map(Boot::kernel)
                .filter(kernel -> !kernel.buildId().equals(boot.kernel().buildId()));
        if (former.isPresent()) {
            String words =
                    "another kernel build runs than before: %s, not %s; what was cached for that one is not tried"
                            .formatted(boot.kernel(), former.get());
            ledger.record(session, AgentState.IDLE, Optional.empty(), Optional.empty(), words);
            with.log().info(words);
        }
        var watch = before.watch().in(boot).with(finding.silentEnds());
        if (finding.suspect().isPresent()) {
            var quarantine = quarantine(finding.suspect().get());
            ledger.record(
                    session,
                    AgentState.FAILED,
                    Optional.of(quarantine.bundle()),
                    Optional.of(quarantine.level()),
                    quarantine.reason().name() + ": " + quarantine.reason().message());
            with.log().error(quarantine.reason().message());
            watch = watch.with(quarantine);
        }
        session.save(ended(session.memory(), boot.id()).with(watch));
        with.marks().forget();
    }

    /** The attempts of another boot are over, whichever way. */
    private static Memory ended(Memory memory, String bootId) {
        var progress = memory.progress();
        var trial = memory.trial();
        boolean attempted = progress.attempt()
                .filter(attempt -> !attempt.bootId().equals(bootId))
                .isPresent();
        boolean retreating = trial.retreat()
                .filter(retreat -> !retreat.bundle().bootId().equals(bootId))
                .isPresent();
        return memory.with(attempted ? progress.givenUp() : progress).with(retreating ? trial.retreated() : trial);
    }

    /** Versions before the guard left their mark in the journal, and were stopped in order when the host was. */
    private Set<String> endedInOrder(Session session) throws IOException {
        var ended = new HashSet<>(with.marks().read());
        if (session.memory().watch().boot().isEmpty()) {
            session.memory()
                    .progress()
                    .attempt()
                    .flatMap(attempt -> session.journal().lastOf(attempt.bootId()))
                    .filter(entry -> Journal.CLEAN_STOP.equals(entry.detail()))
                    .ifPresent(entry -> ended.add(entry.bootId()));
        }
        return ended;
    }

    private QuarantinedBundle quarantine(Suspect suspect) {
        var bundle = suspect.bundle();
        return new QuarantinedBundle(
                UUID.randomUUID(),
                bundle.identity(),
                bundle.level(),
                bundle.publication(),
                with.wall().instant(),
                suspect.bootId(),
                suspect.reason());
    }

    /** The boot goes on, whatever was said of its end; before something is tried in it that must not be excused. */
    void goesOn() throws IOException {
        if (with.marks().read().contains(with.host().bootId())) {
            with.marks().forget();
        }
    }

    /** Lifts the quarantines of these names; names that are none are passed over. */
    void lift(Set<UUID> lifted, Session session) throws IOException {
        var gone = session.memory().watch().quarantined().stream()
                .filter(one -> lifted.contains(one.id()))
                .toList();
        if (gone.isEmpty()) {
            return;
        }
        for (var one : gone) {
            String words = "the server has lifted the quarantine %s of level %d (%s)"
                    .formatted(one.id(), one.level(), one.publication());
            ledger.record(session, AgentState.IDLE, Optional.of(one.bundle()), Optional.of(one.level()), words);
            with.log().info(words);
        }
        var names = gone.stream().map(QuarantinedBundle::id).collect(Collectors.toUnmodifiableSet());
        session.save(session.memory().with(session.memory().watch().without(names)));
    }
}
