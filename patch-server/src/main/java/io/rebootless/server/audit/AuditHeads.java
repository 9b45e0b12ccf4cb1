package io.rebootless.server.audit;

import io.rebootless.audit.AuditHead;
import io.rebootless.server.storage.DataDirectory;
import io.rebootless.server.storage.PrivateFile;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes the log's head out of the database: into the server's own log, which is usually sent elsewhere, and into
 * {@code audit-head} in the data directory, which holds the newest. That one is looked up before it is replaced: a log
 * that was cut or written anew is told of by the next head at the latest.
 */
@Component
final class AuditHeads {
    static final String FILE = "audit-head";
    private static final Logger LOG = LoggerFactory.getLogger(AuditHeads.class);

    private final AuditEntries entries;
    private final AuditLog log;
    private final Sealer sealer;
    private final Path file;
    private final TransactionTemplate transaction;
    private AuditHead announced = AuditHead.EMPTY;

    AuditHeads(
            AuditEntries entries,
            AuditLog log,
            Sealer sealer,
            DataDirectory data,
            PlatformTransactionManager transactions) {
        this.entries = entries;
        this.log = log;
        this.sealer = sealer;
        this.file = data.root().resolve(FILE);
        this.transaction = new TransactionTemplate(transactions);
    }

    /** After the server has recorded that it started. */
    @EventListener(ApplicationReadyEvent.class)
    @Order
    void started() {
        sealer.seal();
        announce();
    }

    @Scheduled(initialDelay = 60, fixedDelay = 60, timeUnit = TimeUnit.SECONDS)
    void announce() {
        try {
            announceIfNew();
        } catch (IOException | DataAccessException | TransactionException e) {
            LOG.warn("the audit log's head cannot be kept in {}: {}", file, e.getMessage());
        }
    }

    @PreDestroy
    void stop() {
        sealer.seal();
        announce();
    }

    private synchronized void announceIfNew() throws IOException {
        AuditHead head = entries.head();
        if (head.equals(announced)) {
            return;
        }
        Optional<AuditHead> kept = kept();
        if (kept.isPresent()
                && !entries.inPlaceOf(kept.get()).equals(kept)
                && kept.get().sequence() > 0) {
            lost(kept.get(), head);
        }
        LOG.info("audit log at {}", head);
        PrivateFile.writePublic(file, (head + "\n").getBytes(StandardCharsets.US_ASCII));
        announced = head;
    }

    private Optional<AuditHead> kept() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        return AuditHead.in(Files.readString(file, StandardCharsets.ISO_8859_1)).findFirst();
    }

    private void lost(AuditHead kept, AuditHead head) {
        LOG.error(
                "THE AUDIT LOG HAS LOST ENTRIES: it had the head {}, and has it no more. Its database was restored from"
                        + " a backup, or tampered with.",
                kept);
        transaction.executeWithoutResult(status -> log.record(
                Actor.server(),
                AuditAction.AUDIT_HEAD_LOST,
                "audit",
                Map.of("kept", kept.toString(), "found", head.toString())));
    }
}
