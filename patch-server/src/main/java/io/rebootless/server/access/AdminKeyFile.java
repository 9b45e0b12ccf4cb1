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
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The admin's key of a database: made at the first start by whichever server that is, and left in its {@code admin.key}.
 * Another server on the same database has none, or one from elsewhere that opens nothing; it never replaces it by
 * itself. Whoever may write a data directory replaces it with {@code admin.key.new}.
 */
@Component
final class AdminKeyFile implements InitializingBean {
    /** The name of the key in the file; no other key can have it. */
    static final String NAME = "admin.key";

    private static final Logger LOG = LoggerFactory.getLogger(AdminKeyFile.class);
    private static final int MIN_KEY_CHARS = AgentProtocol.API_KEY_PREFIX.length() + 32;

    /** Servers that start for the first time on one database take turns; any number that nobody else locks. */
    private static final long TURN = 0x726c_6164_6d69_6eL;

    private final ApiKeyRows rows;
    private final JdbcClient jdbc;
    private final AuditLog audit;
    private final Signals signals;
    private final Path file;
    private final Path fresh;
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
        this.file = data.adminKey();
        this.fresh = data.newAdminKey();
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactions);
    }

    /** The files come first, and go last: a crash loses no key, and what it has interrupted is done at the next start. */
    @Override
    public void afterPropertiesSet() throws IOException {
        Optional<Secret> taken;
        try {
            taken = Objects.requireNonNull(transaction.execute(status -> {
                jdbc.sql("SELECT pg_advisory_xact_lock(:turn)")
                        .param("turn", TURN)
                        .query((row, number) -> 0)
                        .single();
                try {
                    return agree();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
        if (taken.isPresent()) {
            write(taken.get());
            if (Files.exists(fresh) && !read(fresh).equals(taken.get())) {
                LOG.warn("{} has been changed meanwhile: what is in it now counts at the next start", fresh);
            } else {
                Files.deleteIfExists(fresh);
            }
        }
    }

    private void write(Secret key) throws IOException {
        PrivateFile.writeSecret(file, (key.text() + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Answers the key of {@code admin.key.new}, if there is one: as it was read here, whatever is in the file later. */
    private Optional<Secret> agree() throws IOException {
        Optional<ApiKeyRow> known = rows.findByNameAndRevokedAtIsNull(NAME);
        if (Files.exists(fresh)) {
            Secret key = read(fresh);
            take(key, known);
            return Optional.of(key);
        }
        if (known.isEmpty()) {
            if (!Files.exists(file)) {
                write(Secret.create(AgentProtocol.API_KEY_PREFIX, new SecureRandom()));
            }
            take(read(file), known);
        } else if (!Files.exists(file)) {
            LOG.info(
                    "the admin key of this database, made {}, is not in this data directory but in {}; {}",
                    known.get().createdAt,
                    place(known.get()),
                    remedy());
        } else if (!read(file).hasHash(known.get().keyHash)) {
            LOG.warn(
                    "the key in {} opens nothing: the admin key of this database, made {}, is in {}; put that one"
                            + " here, or remove the file; {}",
                    file,
                    known.get().createdAt,
                    place(known.get()),
                    remedy());
        } else if (!here().equals(known.get().keptIn)) {
            known.get().keptIn = here();
            rows.saveAndFlush(known.get());
        }
        return Optional.empty();
    }

    /** Makes a key the admin's. */
    private void take(Secret key, Optional<ApiKeyRow> known) {
        if (known.isEmpty()) {
            var row = new ApiKeyRow(
                    UUID.randomUUID(), NAME, Role.ADMIN, key.hash().hex(), clock.instant(), null);
            row.keptIn = here();
            rows.saveAndFlush(row);
            record(AuditAction.API_KEY_CREATED, row);
        } else if (!key.hasHash(known.get().keyHash)) {
            ApiKeyRow row = known.get();
            row.keyHash = key.hash().hex();
            row.keptIn = here();
            rows.saveAndFlush(row);
            record(AuditAction.API_KEY_REPLACED, row);
            LOG.info("the key in {} is the admin's now, the one before it is not any more", file);
        }
    }

    private String here() {
        return "%s:%s".formatted(Actor.machine(), file);
    }

    private static String place(ApiKeyRow row) {
        return row.keptIn == null ? "the admin.key of the server that made it" : row.keptIn;
    }

    private String remedy() {
        return "to make another one the admin's in its place, write it into %s and start again".formatted(fresh);
    }

    private void record(AuditAction action, ApiKeyRow row) {
        audit.record(Actor.server(), action, ApiKeys.subject(row), Map.of("name", row.name, "role", row.role.word()));
        signals.send(new Signal(Signal.Topic.API_KEY, row.id.toString()));
    }

    private static Secret read(Path from) throws IOException {
        String text = Files.readString(from, StandardCharsets.US_ASCII).strip();
        if (!text.startsWith(AgentProtocol.API_KEY_PREFIX) || text.length() < MIN_KEY_CHARS) {
            throw new BadSettingException(
                    "%s holds no API key".formatted(from),
                    "Put %s and at least 32 random characters into it, or remove it to keep the key that is known."
                            .formatted(AgentProtocol.API_KEY_PREFIX));
        }
        return new Secret(text);
    }
}
