package io.rebootless.agent.memory;

import io.rebootless.agent.durable.ActionLock;
import io.rebootless.agent.journal.Journal;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** What is remembered, under the lock; what is changed is on disk when the method that changes it returns. */
public final class Session implements AutoCloseable {
    private static final long JOURNAL_BYTES = 256 * 1024;

    private final StateDirectory state;
    private final ActionLock.Held held;
    private final Journal journal;
    private Memory memory;

    Session(StateDirectory state, ActionLock.Held held, Memory memory, Journal journal) {
        this.state = state;
        this.held = held;
        this.memory = memory;
        this.journal = journal;
    }

    /** Numbers and journal belong together: whichever of them was lost, both start again. */
    void joinJournal(Supplier<UUID> names) throws IOException {
        var known = memory.reporting().journal();
        if (known.isPresent() && known.get().equals(journal.id())) {
            return;
        }
        if (known.isEmpty() && journal.last() > 0) {
            journal.restart(names.get());
        }
        save(memory.with(memory.reporting().startedWith(journal.id())));
    }

    public Memory memory() {
        return memory;
    }

    public Journal journal() {
        return journal;
    }

    public void save(Memory changed) throws IOException {
        if (changed.equals(memory)) {
            return;
        }
        state.save(changed);
        memory = changed;
    }

    /**
     * Replaces the host's membership, unless somebody has enrolled the host anew meanwhile.
     *
     * @return whether the membership on disk is {@code fresh} now
     */
    public boolean rejoin(Membership known, Membership fresh) throws IOException {
        if (!state.membership().filter(known::equals).isPresent()) {
            return false;
        }
        state.join(fresh);
        return true;
    }

    /** Whether the host still has the place on the server that it had then; its token may be another. */
    public boolean isMember(Membership then) throws IOException {
        return state.membership()
                .filter(now -> now.hostId().equals(then.hostId()))
                .isPresent();
    }

    /** Writes an entry; the server is told with the next report. */
    public void record(Journal.Draft entry) throws IOException {
        journal.append(entry);
        save(memory.with(memory.reporting().asDue()));
    }

    /**
     * Removes the hold if its time is over, so that a clock turned back later does not revive it. Whoever holds the
     * host looks again under the lock.
     */
    public Optional<Hold> endHold(Instant now) throws IOException {
        var over = state.hold().filter(hold -> hold.over(now));
        if (over.isPresent()) {
            state.liftHold();
        }
        return over;
    }

    void keep(Hold hold) throws IOException {
        if (!state.hold().equals(Optional.of(hold))) {
            state.hold(hold);
        }
    }

    /** What is known of the bundle in force, for everybody to read. */
    public void describe(InForce inForce) throws IOException {
        state.describe(inForce);
    }

    /** Nothing of ours is in force any more. */
    public void forgetInForce() throws IOException {
        state.forgetInForce();
    }

    /** Puts the journal aside when it has grown and is known elsewhere. */
    public void tidy() throws IOException {
        journal.rotate(memory.reporting().entriesStored(), JOURNAL_BYTES);
    }

    @Override
    public void close() throws IOException {
        held.close();
    }
}
