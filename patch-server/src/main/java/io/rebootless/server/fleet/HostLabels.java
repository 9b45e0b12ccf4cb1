package io.rebootless.server.fleet;

import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.cluster.Signals;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.LabelChange;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The labels of hosts, as operators change them. */
@Service
class HostLabels {
    private final JdbcClient jdbc;
    private final HostColumns columns;
    private final AuditLog audit;
    private final Signals signals;

    HostLabels(JdbcClient jdbc, HostColumns columns, AuditLog audit, Signals signals) {
        this.jdbc = jdbc;
        this.columns = columns;
        this.audit = audit;
        this.signals = signals;
    }

    /**
     * Changes labels of a host; what it comes to anyway changes nothing.
     *
     * @return whether there is such a host in the fleet
     * @throws ProblemException {@code bad-request}, if the host would carry too many
     */
    @Transactional
    public boolean change(UUID host, LabelChange change) {
        var known =
                jdbc.sql("""
                        SELECT labels::text FROM host WHERE id = :id AND retired_at IS NULL FOR UPDATE
                        """).param("id", host).query(String.class).optional().map(columns::labels);
        if (known.isEmpty()) {
            return false;
        }
        Map<String, String> before = new TreeMap<>(known.get());
        Map<String, String> after = new TreeMap<>(before);
        after.putAll(change.set());
        after.keySet().removeAll(change.remove());
        if (after.equals(before)) {
            return true;
        }
        if (after.size() > LabelChange.MAX_LABELS) {
            throw ProblemType.BAD_REQUEST.because(
                    "The host would carry %d labels.".formatted(after.size()),
                    "at most " + LabelChange.MAX_LABELS,
                    Integer.toString(after.size()),
                    "Remove some in the same change.");
        }
        jdbc.sql("UPDATE host SET labels = :labels::jsonb WHERE id = :id")
                .param("id", host)
                .param("labels", columns.asJson(after))
                .update();
        audit.record(
                AuditAction.HOST_LABELS_CHANGED,
                TokenReplacement.subject(host),
                Map.of("before", before, "after", after));
        // It may be in other groups now, and held as they are.
        signals.send(new Signal(Signal.Topic.HOST, host.toString()));
        return true;
    }
}
