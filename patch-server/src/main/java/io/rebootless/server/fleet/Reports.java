package io.rebootless.server.fleet;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.access.HostTokens.Standing;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.cluster.Signal.Topic;
import io.rebootless.server.cluster.Signals;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.AgentReport;
import io.rebootless.wire.Failure;
import io.rebootless.wire.JournalEntry;
import io.rebootless.wire.ReportReceipt;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Stores what hosts report. Repeats, in whatever order they come, change nothing. */
@Service
final class Reports {
    private static final int BATCH = 100;

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;
    private final HostColumns columns;
    private final HostDirectory directory;
    private final LastSeen lastSeen;
    private final Clones clones;
    private final HostQuarantines quarantines;
    private final Signals signals;
    private final Clock clock;
    private final TransactionTemplate transaction;

    Reports(
            JdbcClient jdbc,
            JdbcTemplate batches,
            HostColumns columns,
            HostDirectory directory,
            LastSeen lastSeen,
            Clones clones,
            HostQuarantines quarantines,
            Signals signals,
            Clock clock,
            PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.batches = batches;
        this.columns = columns;
        this.directory = directory;
        this.lastSeen = lastSeen;
        this.clones = clones;
        this.quarantines = quarantines;
        this.signals = signals;
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactions);
    }

    /** What groups go by, and directives. */
    private record Known(KernelBuild kernel, Standing standing, String hostname, Map<String, String> facts) {
        boolean otherThan(AgentReport report) {
            return !kernel.equals(report.kernel())
                    || !hostname.equals(report.hostname())
                    || !facts.equals(report.facts());
        }
    }

    private record Stored(
            boolean newest,
            boolean cloned,
            long acknowledged,
            @Nullable String lifted) {}

    /**
     * Stores a report.
     *
     * @param address where it comes from
     * @throws io.rebootless.server.problem.ProblemException {@code host-retired}, if the host has left while the report
     *     came; {@code host-cloned}, also if the report is the one that proves it
     */
    ReportReceipt store(UUID host, AgentReport report, String address) {
        Instant now = clock.instant();
        Stored stored = transaction.execute(status -> {
            // One report of a host at a time: its marks and its state belong together.
            Known known = jdbc.sql("""
                            SELECT kernel_release, kernel_version, machine, build_id, hostname, facts::text AS facts, %s
                            FROM host WHERE id = :id FOR NO KEY UPDATE
                            """.formatted(HostColumns.STANDING))
                    .param("id", host)
                    .query((row, number) -> new Known(
                            Columns.kernel(row),
                            HostColumns.standing(row),
                            row.getString("hostname"),
                            columns.labels(row.getString("facts"))))
                    .single();
            // Its token was looked at before the report had come.
            known.standing().demandMember();
            boolean cloned = clones.heard(host, report, address);
            boolean newest = isNewest(host, report);
            if (newest && known.otherThan(report)) {
                // It is told otherwise, or held otherwise, by whichever server it asks next.
                signals.send(new Signal(Topic.HOST, host.toString()));
            }
            long acknowledged = storeJournal(host, report, now);
            String lifted = null;
            if (newest) {
                storeState(host, report, now);
                lifted = storeQuarantined(host, report);
            }
            return new Stored(newest, cloned, acknowledged, lifted);
        });
        if (stored.cloned()) {
            directory.changed(host, known -> known.standing(Standing.CLONED));
            Standing.CLONED.demandMember();
        }
        lastSeen.heard(host);
        directory.changed(host, known -> {
            KnownHost heard = known.heardFrom(report.bootId());
            return stored.newest()
                    ? heard.reported(report.kernel(), report.journalId() + "/" + report.number(), stored.lifted())
                    : heard;
        });
        return new ReportReceipt(AgentProtocol.VERSION, report.number(), stored.acknowledged());
    }

    /** Answers which lifted quarantines the host is still to be told of. */
    private @Nullable String storeQuarantined(UUID host, AgentReport report) {
        var lifted = quarantines.store(host, report.quarantined());
        if (!Objects.equals(lifted.before(), lifted.after())) {
            // Whichever server it asks next is not to go on telling it, or has to begin.
            signals.send(new Signal(Topic.HOST, host.toString()));
        }
        return lifted.after();
    }

    /**
     * Whether the report is no late repeat: of the journal that the state comes from and not older, or of a journal
     * that was never seen before.
     */
    private boolean isNewest(UUID host, AgentReport report) {
        record Last(UUID journal, long number) {}
        var known = jdbc.sql("SELECT journal_id, number FROM host_state WHERE host_id = :id")
                .param("id", host)
                .query((row, index) -> new Last(row.getObject("journal_id", UUID.class), row.getLong("number")))
                .optional();
        if (known.isEmpty()) {
            return true;
        }
        if (known.get().journal().equals(report.journalId())) {
            return report.number() >= known.get().number();
        }
        return mark(host, report.journalId()) == null;
    }

    private @Nullable Long mark(UUID host, UUID journal) {
        return jdbc.sql("SELECT acknowledged FROM host_journal WHERE host_id = :host AND journal_id = :journal")
                .param("host", host)
                .param("journal", journal)
                .query(Long.class)
                .optional()
                .orElse(null);
    }

    private long storeJournal(UUID host, AgentReport report, Instant now) {
        Long known = mark(host, report.journalId());
        long mark = known == null ? 0 : known;
        var fresh = new TreeMap<Long, JournalEntry>();
        report.journal().forEach(entry -> {
            if (entry.sequence() > mark) {
                fresh.putIfAbsent(entry.sequence(), entry);
            }
        });
        insert(host, report.journalId(), new ArrayList<>(fresh.values()), now);
        long acknowledged = fresh.isEmpty() ? mark : fresh.lastKey();
        jdbc.sql("""
                        INSERT INTO host_journal (host_id, journal_id, acknowledged) VALUES (:host, :journal, :mark)
                        ON CONFLICT (host_id, journal_id) DO UPDATE SET acknowledged = excluded.acknowledged
                        """)
                .param("host", host)
                .param("journal", report.journalId())
                .param("mark", acknowledged)
                .update();
        return acknowledged;
    }

    private void insert(UUID host, UUID journal, List<JournalEntry> entries, Instant now) {
        batches.batchUpdate("""
                INSERT INTO host_history (host_id, journal_id, sequence, recorded_at, host_time, boot_id, step, bundle,
                                          level, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, entries, BATCH, (statement, entry) -> {
            Sha256 bundle = entry.bundle();
            statement.setObject(1, host);
            statement.setObject(2, journal);
            statement.setLong(3, entry.sequence());
            statement.setObject(4, Columns.column(now));
            statement.setObject(5, Columns.column(entry.at()));
            statement.setString(6, entry.bootId());
            statement.setString(7, entry.step().name());
            statement.setString(8, bundle == null ? null : bundle.hex());
            statement.setObject(9, entry.level(), Types.BIGINT);
            statement.setString(10, entry.detail());
        });
    }

    private void storeState(UUID host, AgentReport report, Instant now) {
        var kernel = report.kernel();
        jdbc.sql("""
                        UPDATE host SET hostname = :hostname, agent_version = :agent, kernel_release = :release,
                               kernel_version = :version, machine = :machine, build_id = :buildId, facts = :facts::jsonb
                        WHERE id = :id
                        """)
                .param("id", host)
                .param("hostname", report.hostname())
                .param("agent", report.agentVersion())
                .param("release", kernel.release())
                .param("version", kernel.version())
                .param("machine", kernel.machine())
                .param("buildId", kernel.buildId().hex())
                .param("facts", columns.asJson(report.facts()))
                .update();
        Sha256 bundle = report.bundle();
        Failure failure = report.failure();
        var livepatch = report.livepatch();
        jdbc.sql("""
                        INSERT INTO host_state (host_id, journal_id, number, boot_id, uptime_seconds, host_time,
                            reported_at, generation, state, bundle, module_loaded, sealed, level, floor, patch, enabled,
                            transition, failure_name, failure_message, blocking)
                        VALUES (:id, :journal, :number, :boot, :uptime, :hostTime, :now, :generation, :state, :bundle,
                            :loaded, :sealed, :level, :floor, :patch, :enabled, :transition, :failure, :message, :blocking::jsonb)
                        ON CONFLICT (host_id) DO UPDATE SET
                            journal_id = excluded.journal_id, number = excluded.number, boot_id = excluded.boot_id,
                            uptime_seconds = excluded.uptime_seconds, host_time = excluded.host_time,
                            reported_at = excluded.reported_at, generation = excluded.generation,
                            state = excluded.state, bundle = excluded.bundle, module_loaded = excluded.module_loaded,
                            sealed = excluded.sealed, level = excluded.level, floor = excluded.floor,
                            patch = excluded.patch, enabled = excluded.enabled, transition = excluded.transition,
                            failure_name = excluded.failure_name, failure_message = excluded.failure_message,
                            blocking = excluded.blocking
                        """)
                .param("id", host)
                .param("journal", report.journalId())
                .param("number", report.number())
                .param("boot", report.bootId())
                .param("uptime", report.uptimeSeconds())
                .param("hostTime", Columns.column(report.hostTime()))
                .param("now", Columns.column(now))
                .param("generation", report.generation())
                .param("state", report.state().name())
                .param("bundle", bundle == null ? null : bundle.hex())
                .param("loaded", livepatch.moduleLoaded())
                .param("sealed", livepatch.sealed())
                .param("level", livepatch.level())
                .param("floor", livepatch.floor())
                .param("patch", livepatch.patch())
                .param("enabled", livepatch.enabled())
                .param("transition", livepatch.transition())
                .param("failure", failure == null ? null : failure.name())
                .param("message", failure == null ? null : failure.message())
                .param("blocking", columns.blocking(report.blocking()))
                .update();
    }
}
