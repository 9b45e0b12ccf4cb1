package io.rebootless.server.idempotency;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.EnrollmentKeyRequest;
import io.rebootless.wire.WireJson;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("every-jdk")
@ExtendWith(SharedServer.class)
class IdempotencyTest {
    private static final String API_KEYS = "/api/v1/api-keys";
    private static final String ENROLLMENT_KEYS = "/api/v1/enrollment-keys";

    private final TestServer server;
    private final String key = UUID.randomUUID().toString();

    IdempotencyTest(TestServer server) {
        this.server = server;
    }

    @Test
    void a_repeated_request_gets_the_same_answer_and_has_its_effect_once() {
        var body = apiKey();
        var first = post(server.admin(), API_KEYS, key, body);
        var second = post(server.admin(), API_KEYS, "\"" + key + "\"", body);
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.header("Idempotency-Replayed")).isEmpty();
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(second.text()).isEqualTo(first.text());
        assertThat(second.header("Content-Type")).isEqualTo(first.header("Content-Type"));
        assertThat(second.header("Cache-Control")).isEqualTo(first.header("Cache-Control"));
    }

    @Test
    void an_enrolment_whose_answer_was_lost_is_repeated_without_another_use_of_the_key() {
        var kernel = Samples.kernel();
        var enrolment = Samples.request(Samples.key(server, 1, Map.of()).key(), "lost", kernel);
        var first = post(server.api(), "/api/v1/agent/enroll", key, enrolment);
        var second = post(server.api(), "/api/v1/agent/enroll", key, enrolment);
        assertThat(first.status()).isEqualTo(201);
        assertThat(second.text()).isEqualTo(first.text());
        String token = second.json().get("token").stringValue();
        assertThat(server.api().as(token).get("/api/v1/agent/directive").status())
                .isEqualTo(200);
        assertThat(post(server.api(), "/api/v1/agent/enroll", UUID.randomUUID().toString(), enrolment)
                        .problem())
                .isEqualTo("enrollment-key-used-up");
    }

    @Test
    void an_enrolment_in_another_encoding_keeps_its_key_too() {
        var enrolment = Samples.request(Samples.key(server, 1, Map.of()).key(), "büro", Samples.kernel());
        byte[] body = WireJson.mapper().writeValueAsString(enrolment).getBytes(StandardCharsets.ISO_8859_1);
        var latin = server.api()
                .request("/api/v1/agent/enroll")
                .header("Content-Type", "application/json;charset=ISO-8859-1")
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofByteArray(body));
        var first = server.api().send(latin);
        assertThat(first.status()).isEqualTo(201);
        assertThat(server.api().send(latin).text()).isEqualTo(first.text());
    }

    @Test
    void the_key_belongs_to_one_request_only() {
        post(server.admin(), ENROLLMENT_KEYS, key, enrollmentKey("one"));
        long before = server.count("enrollment_key");
        assertThat(post(server.admin(), ENROLLMENT_KEYS, key, enrollmentKey("two"))
                        .problem())
                .isEqualTo("idempotency-key-reused");
        assertThat(post(server.admin(), API_KEYS, key, enrollmentKey("one")).problem())
                .isEqualTo("idempotency-key-reused");
        assertThat(server.count("enrollment_key")).isEqualTo(before);
    }

    @Test
    void the_key_belongs_to_one_caller_only() {
        String other = post(server.admin(), API_KEYS, UUID.randomUUID().toString(), apiKey())
                .json()
                .get("key")
                .stringValue();
        var body = enrollmentKey("mine");
        var mine = post(server.admin(), ENROLLMENT_KEYS, key, body);
        var theirs = post(server.api().as(other), ENROLLMENT_KEYS, key, body);
        assertThat(theirs.status()).isEqualTo(201);
        assertThat(theirs.text()).isNotEqualTo(mine.text());
        assertThat(post(server.api(), ENROLLMENT_KEYS, key, body).problem()).isEqualTo("unauthenticated");
    }

    @Test
    void requests_at_the_same_time_have_one_effect() {
        var body = apiKey();
        var answers = IntStream.range(0, 8)
                .mapToObj(i -> server.admin().sendLater(request(server.admin(), API_KEYS, key, body)))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
        assertThat(answers)
                .allMatch(answer -> answer.status() == 201 || answer.problem().equals("idempotency-key-in-use"));
        assertThat(answers.stream()
                        .filter(answer -> answer.status() == 201)
                        .map(Api.Answer::text)
                        .distinct())
                .hasSize(1);
        assertThat(server.admin().get(API_KEYS).text().split(body.get("name"), -1))
                .hasSize(2);
    }

    @Test
    void many_requests_at_the_same_time_wait_for_nobody_and_their_keys_open_at_once() {
        var made = IntStream.range(0, 60)
                .mapToObj(i -> server.admin()
                        .sendLater(request(
                                server.admin(), API_KEYS, UUID.randomUUID().toString(), apiKey())))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
        assertThat(made).extracting(Api.Answer::status).containsOnly(201);
        assertThat(made)
                .extracting(answer -> server.api()
                        .as(answer.json().get("key").stringValue())
                        .get("/api/v1/hosts?limit=1")
                        .status())
                .containsOnly(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/octet-stream", "text/plain"})
    void what_a_client_calls_its_body_changes_nothing_about_it(String type) {
        var joined = Samples.enroll(server, Samples.kernel(), Map.of());
        server.admin().post("/api/v1/hosts/" + joined.hostId() + "/token-replacement", Map.of());
        Api host = server.api().as(joined.token());
        var answers = IntStream.range(0, 2)
                .mapToObj(i -> host.send(host.request("/api/v1/agent/token")
                        .header("Content-Type", type)
                        .header("Idempotency-Key", key)
                        .POST(BodyPublishers.ofString("{}"))))
                .toList();
        assertThat(answers).extracting(Api.Answer::status).containsOnly(201);
        assertThat(answers.get(1).text()).isEqualTo(answers.get(0).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/octet-stream", "Application/Octet-Stream", "APPLICATION/OCTET-STREAM;x=y"})
    void an_upload_is_its_own_key_however_its_type_is_spelt(String type) {
        byte[] file = TestBundles.signed(Samples.kernel(), 1, 0, TestBundles.manifest(1), alice());
        byte[] large = Arrays.copyOf(file, 2 * 1024 * 1024);
        Function<byte[], Api.Answer> upload = body -> server.admin()
                .send(server.admin()
                        .request("/api/v1/bundles")
                        .header("Content-Type", type)
                        .header("Idempotency-Key", key)
                        .POST(BodyPublishers.ofByteArray(body)));
        assertThat(upload.apply(file).status()).isEqualTo(201);
        assertThat(upload.apply(file).status()).isEqualTo(200);
        assertThat(upload.apply(large).problem()).isNotEqualTo("too-large").doesNotStartWith("no problem");
    }

    @Test
    void a_refusal_is_not_kept_so_that_the_same_request_may_succeed_later() {
        var body = apiKey();
        var taken = post(server.admin(), API_KEYS, UUID.randomUUID().toString(), body)
                .json();
        assertThat(post(server.admin(), API_KEYS, key, body).problem()).isEqualTo("api-key-name-taken");
        server.admin().delete(API_KEYS + "/" + taken.get("id").stringValue());
        assertThat(post(server.admin(), API_KEYS, key, body).status()).isEqualTo(201);
    }

    @Test
    void the_database_holds_no_secret_of_an_answer_and_not_the_key_that_opens_it() {
        var answer = post(server.admin(), API_KEYS, key, apiKey());
        String secret = answer.json().get("key").stringValue();
        var rows = server.jdbc()
                .sql("SELECT caller || key_hash || request_hash AS text, salt, answer FROM idempotent_answer")
                .query((row, number) -> row.getString("text")
                        + new String(row.getBytes("salt"), StandardCharsets.ISO_8859_1)
                        + new String(row.getBytes("answer"), StandardCharsets.ISO_8859_1))
                .list();
        assertThat(rows).isNotEmpty().noneMatch(row -> row.contains(secret) || row.contains(key));
    }

    @Test
    void after_a_day_the_key_is_free_again() {
        var body = enrollmentKey("old");
        var first = post(server.admin(), ENROLLMENT_KEYS, key, body);
        server.jdbc()
                .sql("UPDATE idempotent_answer SET expires_at = now() WHERE key_hash = :hash")
                .param("hash", new IdempotencyKey(key).hash().hex())
                .update();
        var second = post(server.admin(), ENROLLMENT_KEYS, key, body);
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.text()).isNotEqualTo(first.text());
        assertThat(post(server.admin(), ENROLLMENT_KEYS, key, body).text()).isEqualTo(second.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "has a blank in its middle", "0123456789\\abcdef", "\"0123456789abcdef"})
    void a_malformed_key_is_refused_and_changes_nothing(String malformed) {
        long before = server.count("enrollment_key");
        assertThat(post(server.admin(), ENROLLMENT_KEYS, malformed, enrollmentKey("x"))
                        .problem())
                .isEqualTo("bad-request");
        assertThat(server.count("enrollment_key")).isEqualTo(before);
    }

    @Test
    void a_body_beyond_a_mebibyte_is_413() {
        var large = Map.of("name", "x".repeat(1024 * 1024));
        assertThat(post(server.admin(), API_KEYS, key, large).problem()).isEqualTo("too-large");
    }

    @Test
    void an_answer_that_was_changed_in_the_database_is_not_given() {
        var body = enrollmentKey("tampered");
        post(server.admin(), ENROLLMENT_KEYS, key, body);
        server.jdbc()
                .sql("UPDATE idempotent_answer SET salt = :salt WHERE key_hash = :hash")
                .param("salt", HexFormat.of().parseHex("00".repeat(Seal.SALT_BYTES)))
                .param("hash", new IdempotencyKey(key).hash().hex())
                .update();
        assertThat(post(server.admin(), ENROLLMENT_KEYS, key, body).problem()).isEqualTo("internal-error");
    }

    @Test
    void another_server_on_the_same_database_gives_the_same_answer(@TempDir Path elsewhere) {
        var body = enrollmentKey("shared");
        var first = post(server.admin(), ENROLLMENT_KEYS, key, body);
        try (var other = TestServer.start(elsewhere, server.sameDatabase())) {
            var second = post(other.api().as(server.admin().key()), ENROLLMENT_KEYS, key, body);
            assertThat(second.text()).isEqualTo(first.text());
            assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
        }
    }

    private static Map<String, String> apiKey() {
        return Map.of("name", "idempotent " + UUID.randomUUID(), "role", "operator");
    }

    private static EnrollmentKeyRequest enrollmentKey(String name) {
        return new EnrollmentKeyRequest(name, 1, 1, Map.of());
    }

    private static java.net.http.HttpRequest.Builder request(Api caller, String path, String key, Object body) {
        return caller.json(path)
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofByteArray(WireJson.mapper().writeValueAsBytes(body)));
    }

    private static Api.Answer post(Api caller, String path, String key, Object body) {
        return caller.send(request(caller, path, key, body));
    }
}
