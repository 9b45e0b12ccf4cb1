package io.rebootless.agent.cycle;

import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.memory.Session;
import io.rebootless.agent.memory.Verdict;
import io.rebootless.bundle.Sha256;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Failure;
import io.rebootless.wire.JournalEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Writes down what is about to happen, and how bundles have done. */
final class Ledger {
    private static final Backoff RETRY = new Backoff(Duration.ofSeconds(30), Duration.ofMinutes(30));

    private final Equipment with;

    Ledger(Equipment equipment) {
        this.with = equipment;
    }

    /** On disk when it returns. */
    void record(Session session, AgentState step, Optional<Sha256> bundle, Optional<Long> level, String detail)
            throws IOException {
        session.record(sequence -> new JournalEntry(
                sequence,
                with.wall().instant(),
                with.host().bootId(),
                step,
                bundle.orElse(null),
                level.orElse(null),
                EventLog.oneLine(detail)));
    }

    void record(Session session, AgentState step, BundleReference bundle, String detail) throws IOException {
        record(session, step, Optional.of(bundle.identity()), Optional.of(bundle.level()), detail);
    }

    /** A bundle was refused or has failed: remember it, journal it, and leave it alone for a while or for good. */
    void judge(Session session, BundleReference bundle, AgentState state, Failure failure) throws IOException {
        var memory = session.memory();
        long generation = memory.orders().generation();
        String boot = with.host().bootId();
        int attempts = 1
                + memory.verdicts()
                        .filter(earlier -> earlier.concerns(bundle.identity(), generation, boot))
                        .findFirst()
                        .map(Verdict::attempts)
                        .orElse(0);
        var verdict = new Verdict(bundle.identity(), generation, boot, state, failure, attempts, retryAfter(attempts));
        session.save(memory.with(memory.progress().judged(verdict))
                .with(memory.trial().keeping(memory.progress().verdict(), bundle.identity())));
        record(session, state, bundle, failure.name() + ": " + failure.message());
    }

    /** The same verdict, the time until the next attempt counted from now. */
    Verdict postponed(Verdict verdict) {
        return verdict.notBefore(retryAfter(verdict.attempts()));
    }

    private Duration retryAfter(int attempts) {
        return with.clock().sinceBoot().plus(RETRY.after(attempts, with.random()));
    }
}
