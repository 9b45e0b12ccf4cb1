package io.rebootless.server.idempotency;

import io.rebootless.bundle.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The answers of the last {@link #KEPT}, each readable only with the key that it was given for. */
@Component
class StoredAnswers {
    /** As long may a client try again; documented in docs/api.md. */
    static final Duration KEPT = Duration.ofHours(24);

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    StoredAnswers(JdbcClient jdbc, JsonMapper json, Clock clock) {
        this.jdbc = jdbc;
        this.json = json;
        this.clock = clock;
    }

    /** What was answered. */
    record Answer(int status, Map<String, String> headers, String body) {}

    /**
     * An answer as it is stored.
     *
     * @param request hash of the request that it was given to
     * @param salt in hexadecimal
     * @param sealed in hexadecimal
     */
    record Stored(String request, String salt, String sealed) {}

    /** Whether nobody else, on whatever server, is answering a request with this key; holds until the transaction ends. */
    boolean claim(String caller, IdempotencyKey key) {
        byte[] name = (caller + " " + key.hash().hex()).getBytes(StandardCharsets.UTF_8);
        long number =
                ByteBuffer.wrap(HexFormat.of().parseHex(Sha256.of(name).hex())).getLong();
        return jdbc.sql("SELECT pg_try_advisory_xact_lock(:number)")
                .param("number", number)
                .query(Boolean.class)
                .single();
    }

    Optional<Stored> find(String caller, IdempotencyKey key) {
        return jdbc.sql("""
                        SELECT request_hash, encode(salt, 'hex') AS salt, encode(answer, 'hex') AS answer
                        FROM idempotent_answer
                        WHERE caller = :caller AND key_hash = :key AND expires_at > :now
                        """)
                .param("caller", caller)
                .param("key", key.hash().hex())
                .param("now", now())
                .query((row, number) ->
                        new Stored(row.getString("request_hash"), row.getString("salt"), row.getString("answer")))
                .optional();
    }

    Answer open(Stored stored, IdempotencyKey key) {
        var hex = HexFormat.of();
        return json.readValue(Seal.open(key, hex.parseHex(stored.salt()), hex.parseHex(stored.sealed())), Answer.class);
    }

    void keep(String caller, IdempotencyKey key, Sha256 request, Answer answer) {
        byte[] salt = new byte[Seal.SALT_BYTES];
        random.nextBytes(salt);
        // An expired one that nobody has swept away yet is replaced.
        jdbc.sql("""
                        INSERT INTO idempotent_answer (caller, key_hash, request_hash, salt, answer, expires_at)
                        VALUES (:caller, :key, :request, :salt, :answer, :expires)
                        ON CONFLICT (caller, key_hash) DO UPDATE SET
                            request_hash = excluded.request_hash, salt = excluded.salt,
                            answer = excluded.answer, expires_at = excluded.expires_at
                        """)
                .param("caller", caller)
                .param("key", key.hash().hex())
                .param("request", request.hex())
                .param("salt", salt)
                .param("answer", Seal.close(key, salt, json.writeValueAsBytes(answer)))
                .param("expires", now().plus(KEPT))
                .update();
    }

    @Scheduled(fixedDelayString = "PT1H", initialDelayString = "PT1M")
    void sweep() {
        jdbc.sql("DELETE FROM idempotent_answer WHERE expires_at <= :now")
                .param("now", now())
                .update();
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
