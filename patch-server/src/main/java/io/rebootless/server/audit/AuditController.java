package io.rebootless.server.audit;

import io.rebootless.audit.AuditEntry;
import io.rebootless.audit.AuditExport;
import io.rebootless.audit.AuditHead;
import io.rebootless.server.problem.Paging;
import io.rebootless.wire.Page;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Lets an admin read the log. Nothing here changes it. */
@RestController
@RequestMapping("/api/v1/audit")
final class AuditController {
    private static final int PART = 1000;

    private final AuditEntries entries;

    AuditController(AuditEntries entries) {
        this.entries = entries;
    }

    /** Lists entries of the audit log, the newest first. */
    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    Page<AuditEntry> list(
            @RequestParam(name = "action", defaultValue = "") String action,
            @RequestParam(name = "actor", defaultValue = "") String actor,
            @RequestParam(name = "subject", defaultValue = "") String subject,
            @RequestParam(name = "from", defaultValue = "") String from,
            @RequestParam(name = "to", defaultValue = "") String to,
            @RequestParam(name = "limit", defaultValue = Paging.DEFAULT_LIMIT) int limit,
            @RequestParam(name = "cursor", defaultValue = "") String cursor) {
        Paging.checkLimit(limit);
        long before = cursor.isEmpty() ? Long.MAX_VALUE : Paging.number(cursor);
        var found = entries.list(AuditFilter.of(action, actor, subject, from, to), before, limit + 1);
        return Paging.page(found, limit, entry -> entry, last -> Paging.cursor(Long.toString(last.sequence())));
    }

    /** Gives the log's head: what to keep elsewhere, to prove the log by later. */
    @GetMapping(path = "/head", produces = MediaType.APPLICATION_JSON_VALUE)
    AuditHead head() {
        return entries.head();
    }

    /** Gives the whole log, the oldest entry first, and its head as the last line. */
    @GetMapping(path = "/export", produces = AuditExport.MEDIA_TYPE)
    void export(HttpServletResponse response) throws IOException {
        // In parts, so that neither memory nor a connection to the database is held for as long as a slow client reads.
        AuditHead end = entries.head();
        List<AuditEntry> part = entries.following(0, PART);
        response.setContentType(AuditExport.MEDIA_TYPE);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"audit.jsonl\"");
        var out = response.getOutputStream();
        while (!part.isEmpty()) {
            for (AuditEntry entry : part) {
                if (entry.sequence() <= end.sequence()) {
                    out.write(AuditExport.line(entry));
                }
            }
            long last = part.get(part.size() - 1).sequence();
            part = last < end.sequence() ? entries.following(last, PART) : List.of();
        }
        out.write(AuditExport.line(end));
    }
}
