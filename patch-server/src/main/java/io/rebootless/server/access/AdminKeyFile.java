package io.rebootless.server.access;

import io.rebootless.server.audit.Actor;
import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.cluster.Signals;
import io.rebootless.server.settings.BadSettingException;
import io.rebootless.server.storage.DataDirectory;
import io.rebootless.server.storage.PrivateFile;
import io.rebootless.wire.AgentProtocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The key in {@code admin.key} is always an admin's: the file is made at first start, and whoever may write the data
 * directory may put another key into it.
 */
@Component
final class AdminKeyFile implements InitializingBean {
    /** The name of the key in the file; no other key can have it. */
    static final String NAME = "admin.key";

    private static final int MIN_KEY_CHARS = AgentProtocol.API_KEY_PREFIX.length() + 32;

    /** Servers that start for the first time on one database take turns; any number that nobody else locks. */
    private static final long TURN = 0x726c_6164_6d69_6eL;

    private final ApiKeyRows rows;
    private final JdbcClient jdbc;
    private final AuditLog audit;
    private final Signals signals;
    private final DataDirectory data;
    private final Clock clock;
    private final TransactionTemplate transaction;

    AdminKeyFile(
            ApiKeyRows rows,
            JdbcClient jdbc,
            AuditLog audit,
            Signals signals,
            DataDirectory data,
            Clock clock,
            PlatformTransactionManager transactions) {
        this.rows = rows;
        this.jdbc = jdbc;
        this.audit = audit;
        this.signals = signals;
        this.data = data;
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactions);
    }

    /** Makes the key in the file the admin's; makes both at first start. The file comes first: a crash loses no key. */
    @Override
    public void afterPropertiesSet() throws IOException {
        try {
            transaction.executeWithoutResult(status -> {
                jdbc.sql("SELECT pg_advisory_xact_lock(:turn)")
                        .param("turn", TURN)
                        .query((row, number) -> 0)
                        .single();
                try {
                    agree();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
        } catch (java.io.UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void agree() throws IOException {
        Path file = data.adminKey();
        Optional<ApiKeyRow> known = rows.findByNameAndRevokedAtIsNull(NAME);
        if (!Files.exists(file)) {
            if (known.isPresent()) {
                return;
            }
            var secret = Secret.create(AgentProtocol.API_KEY_PREFIX, new SecureRandom());
            PrivateFile.writeSecret(file, (secret.text() + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        Secret inFile = read(file);
        if (known.isEmpty()) {
            var row = new ApiKeyRow(
                    UUID.randomUUID(), NAME, Role.ADMIN, inFile.hash().hex(), clock.instant(), null);
            rows.saveAndFlush(row);
            record(AuditAction.API_KEY_CREATED, row);
        } else if (!inFile.hasHash(known.get().keyHash)) {
            ApiKeyRow row = known.get();
            row.keyHash = inFile.hash().hex();
            rows.saveAndFlush(row);
            record(AuditAction.API_KEY_REPLACED, row);
        }
    }

    private void record(AuditAction action, ApiKeyRow row) {
        audit.record(Actor.server(), action, ApiKeys.subject(row), Map.of("name", row.name, "role", row.role.word()));
        signals.send(new Signal(Signal.Topic.API_KEY, row.id.toString()));
    }

    private static Secret read(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
        if (!text.startsWith(AgentProtocol.API_KEY_PREFIX) || text.length() < MIN_KEY_CHARS) {
            throw new BadSettingException(
                    "%s holds no API key".formatted(file),
                    "Put %s and at least 32 random characters into it, or remove it to keep the key that is known."
                            .formatted(AgentProtocol.API_KEY_PREFIX));
        }
        return new Secret(text);
    }
}
