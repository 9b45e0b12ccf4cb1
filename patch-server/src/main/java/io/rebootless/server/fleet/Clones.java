package io.rebootless.server.fleet;

import io.rebootless.server.audit.Actor;
import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.cluster.Signals;
import io.rebootless.server.fleet.CloneRule.Run;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.AgentReport;
import io.rebootless.wire.FleetHost.Machine;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Which boots of each host were heard when, and what {@link CloneRule} makes of it. */
@Component
class Clones {
    private static final Logger LOG = LoggerFactory.getLogger(Clones.class);

    /** Of each host; the oldest is dropped. */
    private static final int KEPT = 8;

    private final JdbcClient jdbc;
    private final AuditLog audit;
    private final Signals signals;

    Clones(JdbcClient jdbc, AuditLog audit, Signals signals) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.signals = signals;
    }

    /**
     * Notes a report, under the host's lock.
     *
     * @return whether it is the host's second machine that is heard beside the first
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean heard(UUID host, AgentReport report, String address) {
        var known = runs(host);
        Run now = CloneRule.heard(known, report.bootId(), report.uptimeSeconds(), databaseTime());
        save(host, now, report, address);
        if (known.size() >= KEPT) {
            dropOldest(host);
        }
        var other = CloneRule.cloneOf(now, known);
        other.ifPresent(run -> accuse(host, now, run));
        return other.isPresent();
    }

    /** The machines that have shown the token of a host at the same time. */
    List<Machine> machines(UUID host) {
        return jdbc.sql("""
                        SELECT hostname, machine_id, address, boot_id, last_at FROM host_run
                        WHERE host_id = :host AND cloned ORDER BY first_turn
                        """)
                .param("host", host)
                .query((row, number) -> new Machine(
                        row.getString("hostname"),
                        row.getString("machine_id"),
                        row.getString("address"),
                        row.getString("boot_id"),
                        Columns.instant(row, "last_at")))
                .list();
    }

    /** The servers' clocks may differ; all of them share this one. */
    private Instant databaseTime() {
        return jdbc.sql("SELECT clock_timestamp()")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }

    private List<Run> runs(UUID host) {
        return jdbc.sql("""
                        SELECT boot_id, first_at, first_uptime, first_turn, last_at, last_turn, top_uptime,
                               set_back_from, returns FROM host_run
                        WHERE host_id = :host ORDER BY last_turn DESC
                        """)
                .param("host", host)
                .query((row, number) -> run(row))
                .list();
    }

    private static Run run(ResultSet row) throws SQLException {
        return new Run(
                row.getString("boot_id"),
                Columns.instant(row, "first_at"),
                row.getLong("first_uptime"),
                row.getLong("first_turn"),
                Columns.instant(row, "last_at"),
                row.getLong("last_turn"),
                row.getLong("top_uptime"),
                row.getLong("set_back_from"),
                row.getInt("returns"));
    }

    private void save(UUID host, Run run, AgentReport report, String address) {
        jdbc.sql("""
                        INSERT INTO host_run (host_id, boot_id, first_at, first_uptime, first_turn, last_at, last_turn,
                                              top_uptime, set_back_from, returns, hostname, machine_id, address)
                        VALUES (:host, :boot, :firstAt, :firstUptime, :firstTurn, :lastAt, :lastTurn,
                                :topUptime, :setBackFrom, :returns, :hostname, :machineId, :address)
                        ON CONFLICT (host_id, boot_id) DO UPDATE SET
                            first_at = excluded.first_at, first_uptime = excluded.first_uptime,
                            first_turn = excluded.first_turn, last_at = excluded.last_at,
                            last_turn = excluded.last_turn, top_uptime = excluded.top_uptime,
                            set_back_from = excluded.set_back_from, returns = excluded.returns, hostname = excluded.hostname,
                            machine_id = excluded.machine_id, address = excluded.address
                        """)
                .param("host", host)
                .param("boot", run.bootId())
                .param("firstAt", Columns.column(run.firstAt()))
                .param("firstUptime", run.firstUptime())
                .param("firstTurn", run.firstTurn())
                .param("lastAt", Columns.column(run.lastAt()))
                .param("lastTurn", run.lastTurn())
                .param("topUptime", run.topUptime())
                .param("setBackFrom", run.setBackFrom())
                .param("returns", run.returns())
                .param("hostname", report.hostname())
                .param("machineId", report.machineId())
                .param("address", address)
                .update();
    }

    private void dropOldest(UUID host) {
        jdbc.sql("""
                        DELETE FROM host_run WHERE host_id = :host AND boot_id NOT IN
                            (SELECT boot_id FROM host_run WHERE host_id = :host ORDER BY last_turn DESC LIMIT :kept)
                        """).param("host", host).param("kept", KEPT).update();
    }

    private void accuse(UUID host, Run one, Run other) {
        jdbc.sql("UPDATE host_run SET cloned = true WHERE host_id = :host AND boot_id IN (:one, :other)")
                .param("host", host)
                .param("one", one.bootId())
                .param("other", other.bootId())
                .update();
        jdbc.sql("UPDATE host SET cloned_at = :now WHERE id = :host")
                .param("host", host)
                .param("now", Columns.column(one.lastAt()))
                .update();
        var machines = machines(host);
        audit.record(
                Actor.server(),
                AuditAction.HOST_CLONE_DETECTED,
                TokenReplacement.subject(host),
                java.util.Map.of("machines", machines));
        signals.send(new Signal(Signal.Topic.HOST, host.toString()));
        LOG.warn(
                "host {} is two machines with one token: {}; both must enrol again",
                host,
                machines.stream()
                        .map(machine -> "%s (machine-id %s, boot %s, at %s)"
                                .formatted(
                                        machine.hostname(),
                                        Optional.ofNullable(machine.machineId()).orElse("not said"),
                                        machine.bootId(),
                                        machine.address()))
                        .toList());
    }
}
