package io.rebootless.server.access;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.problem.ProblemType;
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
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;

/**
 * The API keys. The one in {@code admin.key} is always an admin's: the file is made at first start, and whoever may
 * write the data directory may put another key into it.
 */
@Service
final class ApiKeys implements InitializingBean {
    /** The name of the key in the file; no other key can have it. */
    static final String ADMIN_FILE = "admin.key";

    private static final int MIN_KEY_CHARS = AgentProtocol.API_KEY_PREFIX.length() + 32;

    private final ApiKeyRows rows;
    private final DataDirectory data;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    ApiKeys(ApiKeyRows rows, DataDirectory data, Clock clock) {
        this.rows = rows;
        this.data = data;
        this.clock = clock;
    }

    /** A key at the only moment at which it can be shown. */
    record Created(ApiKeyRow row, Secret secret) {}

    Optional<Caller> caller(Sha256 hash) {
        return rows.findByKeyHash(hash.hex()).map(row -> new Caller(row.id, row.role, row.name));
    }

    Created create(String name, Role role) {
        var secret = Secret.create(AgentProtocol.API_KEY_PREFIX, random);
        var row = new ApiKeyRow(UUID.randomUUID(), name, role, secret.hash().hex(), clock.instant());
        try {
            return new Created(rows.saveAndFlush(row), secret);
        } catch (DataIntegrityViolationException taken) {
            throw ProblemType.BAD_PARAMETER.because(
                    "There is an API key of that name.", "Choose another name, or revoke that key first.");
        }
    }

    List<ApiKeyRow> all() {
        return rows.findAllByOrderByCreatedAtAscIdAsc();
    }

    void revoke(UUID id) {
        ApiKeyRow row = rows.findById(id).orElseThrow(() -> ProblemType.NOT_FOUND.because("There is no API key " + id));
        if (row.name.equals(ADMIN_FILE)) {
            throw ProblemType.BAD_PARAMETER.because(
                    "The key in the file admin.key cannot be revoked here.",
                    "Put another key into the file and start the server again.");
        }
        rows.delete(row);
    }

    /** Makes the key in the file the admin's; makes both at first start. The file comes first: a crash loses no key. */
    @Override
    public void afterPropertiesSet() throws IOException {
        Path file = data.adminKey();
        Optional<ApiKeyRow> known = rows.findByName(ADMIN_FILE);
        if (!Files.exists(file)) {
            if (known.isPresent()) {
                return;
            }
            var secret = Secret.create(AgentProtocol.API_KEY_PREFIX, random);
            PrivateFile.writeSecret(file, (secret.text() + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        String hash = read(file).hash().hex();
        if (known.isEmpty()) {
            rows.saveAndFlush(new ApiKeyRow(UUID.randomUUID(), ADMIN_FILE, Role.ADMIN, hash, clock.instant()));
        } else if (!known.get().keyHash.equals(hash)) {
            ApiKeyRow row = known.get();
            row.keyHash = hash;
            rows.saveAndFlush(row);
        }
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
