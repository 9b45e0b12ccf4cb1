package io.rebootless.agent.cycle;

import io.rebootless.agent.memory.Membership;
import io.rebootless.agent.memory.Session;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.memory.Trial.Blocking;
import io.rebootless.agent.server.ServerClient;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.AgentReport;
import io.rebootless.wire.QuarantinedBundle;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Tells the server how things stand; what it has not acknowledged it is told again. */
final class Reporter {
    private final Equipment with;
    private final ServerClient server;

    Reporter(Equipment equipment, ServerClient server) {
        this.with = equipment;
        this.server = server;
    }

    /** Makes a report if one is due, and hands in the journal until the server has all of it. */
    void report(Membership membership) throws IOException {
        for (var due = next(); due.isPresent(); due = next()) {
            var receipt = server.report(membership.token(), due.get().report());
            if (receipt.number() != due.get().report().number()) {
                throw new IOException("the server acknowledges report %d instead of %d"
                        .formatted(receipt.number(), due.get().report().number()));
            }
            try (var session = with.state().open()) {
                if (!session.isMember(membership)) {
                    return;
                }
                received(session, due.get(), receipt.journalAcknowledged());
            }
        }
    }

    private record Due(AgentReport report, Standing standing, long generation) {}

    private Optional<Due> next() throws IOException {
        if (!with.state().look().reporting().due()) {
            return Optional.empty();
        }
        try (var session = with.state().open()) {
            var memory = session.memory();
            if (!memory.reporting().due()) {
                return Optional.empty();
            }
            var numbered = memory.reporting().numbered();
            session.save(memory.with(numbered));
            var standing = memory.standing();
            var report = new AgentReport(
                    AgentProtocol.VERSION,
                    session.journal().id(),
                    numbered.number(),
                    with.host().hostname(),
                    with.running(),
                    with.host().bootId(),
                    with.clock().sinceBoot().toSeconds(),
                    with.agentVersion(),
                    with.wall().instant(),
                    memory.orders().generation(),
                    standing.state(),
                    standing.bundle().orElse(null),
                    with.kernel().state(),
                    standing.failure().orElse(null),
                    session.journal().after(numbered.entriesStored(), AgentReport.MAX_JOURNAL),
                    with.host().machineId().orElse(null),
                    newest(memory.watch().quarantined()),
                    memory.trial().blocking().map(Blocking::tasks).orElse(List.of()),
                    with.host().facts());
            return Optional.of(new Due(report, standing, memory.orders().generation()));
        }
    }

    /** What a report has no room for is heard of when others are lifted. */
    private static List<QuarantinedBundle> newest(List<QuarantinedBundle> all) {
        return all.subList(Math.max(0, all.size() - AgentReport.MAX_QUARANTINED), all.size());
    }

    private void received(Session session, Due sent, long stored) throws IOException {
        var memory = session.memory();
        long before = memory.reporting().entriesStored();
        long now = Math.min(stored, session.journal().last());
        boolean changed =
                !memory.standing().equals(sent.standing()) || memory.orders().generation() != sent.generation();
        // A server that takes no entries is asked again with the next report, not in a circle.
        boolean more = changed || (now < session.journal().last() && now > before);
        session.save(memory.with(memory.reporting()
                .received(sent.report().number(), now, more, with.wall().instant())));
        session.tidy();
    }
}
