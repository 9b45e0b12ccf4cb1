package io.rebootless.server.testing;

import io.rebootless.audit.AuditEntry;
import io.rebootless.audit.AuditExport;
import io.rebootless.audit.AuditHead;
import io.rebootless.audit.AuditVerification;
import io.rebootless.audit.AuditVerification.Verdict;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The audit log of a server, as whoever reads it sees it. */
public record Audit(TestServer server) {
    private static final long PATIENCE_SECONDS = 60;

    /** Waits until every committed entry is sealed; gives the whole log. */
    public List<AuditEntry> log() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (server.count("audit_unsealed") > 0) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("the log is not sealed");
            }
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        var entries = new ArrayList<AuditEntry>();
        read(entries);
        return entries;
    }

    /** The entries that are younger than {@code before}, each as "action subject". */
    public List<String> since(AuditHead before) {
        return log().stream()
                .filter(entry -> entry.sequence() > before.sequence())
                .map(entry -> entry.action() + " " + entry.subject())
                .toList();
    }

    public AuditHead head() {
        var log = log();
        return log.isEmpty() ? AuditHead.EMPTY : log.get(log.size() - 1).head();
    }

    /** What the log as it stands proves against heads that were kept. */
    public Verdict verify(AuditHead... kept) {
        var entries = new ArrayList<AuditEntry>();
        read(entries);
        var verification = new AuditVerification(List.of(kept));
        entries.forEach(verification::accept);
        return verification.end();
    }

    private void read(List<AuditEntry> entries) {
        var answer = server.admin().get("/api/v1/audit/export");
        try {
            var end = AuditExport.read(new ByteArrayInputStream(answer.body()), entries::add);
            if (end.isEmpty()) {
                throw new AssertionError("the export is not whole");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(answer.text(), e);
        }
    }
}
