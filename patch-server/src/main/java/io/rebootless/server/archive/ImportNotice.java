package io.rebootless.server.archive;

import io.rebootless.server.audit.Actor;
import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.storage.DataDirectory;
import io.rebootless.server.storage.PrivateFile;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Has the first server that runs on imported data take this down in the audit log. The import itself leaves a note: it
 * knows the schema of the archive, and no log.
 */
@Component
final class ImportNotice {
    static final String FILE = "imported.json";

    private final DataDirectory data;
    private final AuditLog audit;
    private final TransactionTemplate transaction;

    ImportNotice(DataDirectory data, AuditLog audit, PlatformTransactionManager transactions) {
        this.data = data;
        this.audit = audit;
        this.transaction = new TransactionTemplate(transactions);
    }

    /**
     * What the log is told.
     *
     * @param createdAt when the archive was exported
     * @param schema of the archive
     * @param sum of its closing entry
     */
    record Note(String createdAt, String schema, String sum) {}

    static Path file(DataDirectory data) {
        return data.root().resolve(FILE);
    }

    static void leave(DataDirectory data, Import.Result result) throws IOException {
        var note = new Note(
                result.header().createdAt().toString(),
                result.header().schema(),
                result.sum().hex());
        PrivateFile.writeSecret(file(data), WireJson.mapper().writeValueAsBytes(note));
    }

    /** The note goes after the entry is committed: twice is better than never. */
    @EventListener(ApplicationReadyEvent.class)
    void record() throws IOException {
        Path file = file(data);
        if (!Files.exists(file)) {
            return;
        }
        Note note = WireJson.mapper().readValue(Files.readAllBytes(file), Note.class);
        transaction.executeWithoutResult(status -> audit.record(
                Actor.server(),
                AuditAction.DATA_IMPORTED,
                "server",
                Map.of("exported_at", note.createdAt(), "schema", note.schema(), "sha256sums", note.sum())));
        Files.delete(file);
    }
}
