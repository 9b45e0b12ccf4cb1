package io.rebootless.server.audit;

import java.util.Map;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Records that the server has started: what it did while nobody asked it to begins there. */
@Component
final class ServerStart {
    private final AuditLog log;
    private final TransactionTemplate transaction;

    ServerStart(AuditLog log, PlatformTransactionManager transactions) {
        this.log = log;
        this.transaction = new TransactionTemplate(transactions);
    }

    /** Before the log's first head is taken. */
    @EventListener(ApplicationReadyEvent.class)
    @Order(0)
    void started() {
        String version = ServerStart.class.getPackage().getImplementationVersion();
        transaction.executeWithoutResult(status -> log.record(
                Actor.server(),
                AuditAction.SERVER_STARTED,
                "server:" + Actor.machine(),
                Map.of("version", version == null ? "not packaged" : version)));
    }
}
