package io.rebootless.agent.memory;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * What the server was told.
 *
 * @param journal the journal that the numbers belong to; absent before there is one
 * @param number of the last report made
 * @param acknowledged number of the last report that the server has, 0 if none
 * @param entriesStored sequence of the last journal entry that the server has, 0 if none
 * @param due whether the server does not know how things stand now
 * @param contact when the server answered last, by the host's wall clock
 * @param trouble with the server, since it last did all that was asked of it
 */
public record Reporting(
        Optional<UUID> journal,
        long number,
        long acknowledged,
        long entriesStored,
        boolean due,
        Optional<Instant> contact,
        Optional<ServerTrouble> trouble) {
    public static final Reporting NONE =
            new Reporting(Optional.empty(), 0, 0, 0, true, Optional.empty(), Optional.empty());

    /** A new journal counts its reports and entries from 1. */
    public Reporting startedWith(UUID newJournal) {
        return new Reporting(Optional.of(newJournal), 0, 0, 0, true, contact, trouble);
    }

    public Reporting asDue() {
        return new Reporting(journal, number, acknowledged, entriesStored, true, contact, trouble);
    }

    /** Numbers are used up before they are sent: no number ever means two things. */
    public Reporting numbered() {
        return new Reporting(journal, number + 1, acknowledged, entriesStored, due, contact, trouble);
    }

    /** The server has report {@code receivedNumber}; whatever was made after it is still due. */
    public Reporting received(long receivedNumber, long stored, boolean more, Instant at) {
        return new Reporting(
                journal,
                number,
                Math.max(acknowledged, receivedNumber),
                Math.max(entriesStored, stored),
                more || receivedNumber < number,
                Optional.of(at),
                trouble);
    }

    public Reporting contacted(Instant at) {
        return new Reporting(journal, number, acknowledged, entriesStored, due, Optional.of(at), trouble);
    }

    /** What is wrong now, which may be something else than before; it began when the first thing went wrong. */
    public Reporting troubled(String what, Instant now, Optional<Instant> next) {
        var since = trouble.map(ServerTrouble::since).orElse(now);
        return with(Optional.of(new ServerTrouble(what, since, next, Optional.empty())));
    }

    /** The server has no such host any more: nobody asks it again. */
    public Reporting retired(String what, Instant now) {
        return with(Optional.of(new ServerTrouble(what, now, Optional.empty(), Optional.of(now))));
    }

    /** Whether that was the last that it said. */
    public boolean retired() {
        return trouble.flatMap(ServerTrouble::retired).isPresent();
    }

    public Reporting untroubled() {
        return with(Optional.empty());
    }

    private Reporting with(Optional<ServerTrouble> changed) {
        return new Reporting(journal, number, acknowledged, entriesStored, due, contact, changed);
    }
}
