package io.rebootless.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.wire.ApiKeyInfo;
import io.rebootless.wire.EnrollmentKeyInfo;
import io.rebootless.wire.EnrollmentKeyInfo.State;
import io.rebootless.wire.WireJson;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** API keys and enrolment keys, from their making to their end. */
@ExtendWith(SharedServer.class)
class KeysTest {
    private static final String API_KEYS = "/api/v1/api-keys";
    private static final String ENROLLMENT_KEYS = "/api/v1/enrollment-keys";

    private final TestServer server;

    KeysTest(TestServer server) {
        this.server = server;
    }

    private ApiKeyInfo create(Map<String, ?> request) {
        var answer = server.admin().post(API_KEYS, request);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        return answer.as(ApiKeyInfo.class);
    }

    private Stream<ApiKeyInfo> apiKeys() {
        var list = server.admin().get(API_KEYS).json();
        assertThat(list.has("next")).isFalse();
        return Arrays.stream(WireJson.mapper().treeToValue(list.get("items"), ApiKeyInfo[].class));
    }

    private ApiKeyInfo listed(UUID id) {
        return apiKeys().filter(key -> key.id().equals(id)).findFirst().orElseThrow();
    }

    private static Map<String, String> viewer() {
        return Map.of("name", "viewer " + UUID.randomUUID(), "role", "viewer");
    }

    private List<String> audited(String subject) {
        return server.jdbc()
                .sql("SELECT actor_name || ' ' || action FROM audit_entry WHERE subject = :subject ORDER BY id")
                .param("subject", subject)
                .query(String.class)
                .list();
    }

    private static void await(BooleanSupplier reached) throws InterruptedException {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
        while (!reached.getAsBoolean()) {
            assertThat(Instant.now()).isBefore(deadline);
            Thread.sleep(50);
        }
    }

    @Test
    void a_key_works_for_as_many_days_as_asked_for() throws Exception {
        var key = create(Map.of("name", "ci " + UUID.randomUUID(), "role", "viewer", "validDays", 30));
        assertThat(key.expires())
                .isBetween(
                        Instant.now().plus(29, ChronoUnit.DAYS), Instant.now().plus(31, ChronoUnit.DAYS));
        Api caller = server.api().as(key.key());
        assertThat(caller.get("/api/v1/hosts").status()).isEqualTo(200);
        server.jdbc()
                .sql("UPDATE api_key SET expires_at = now() - interval '1 second' WHERE id = :id")
                .param("id", key.id())
                .update();
        server.jdbc()
                .sql("SELECT pg_notify('rebootless', 'API_KEY:' || :id)")
                .param("id", key.id().toString())
                .query((row, number) -> 0)
                .single();

        await(() -> caller.get("/api/v1/hosts").status() == 401);
        var answer = caller.get("/api/v1/hosts");
        assertThat(answer.problem()).isEqualTo("unauthenticated");
        assertThat(answer.text()).contains("This API key has expired");
        assertThat(listed(key.id()).state()).isEqualTo("expired");
    }

    @Test
    void days_out_of_range_are_refused() {
        for (Object days : List.of(0, -1, 3651)) {
            assertThat(server.admin()
                            .post(API_KEYS, Map.of("name", "n", "role", "viewer", "validDays", days))
                            .problem())
                    .isEqualTo("bad-request");
        }
    }

    @Test
    void a_name_that_is_no_text_is_refused() {
        for (String name : List.of("n\\ud800", "\\udc00", "a\\nb", "a\\u0000", " ", "n".repeat(101))) {
            var answer = server.admin()
                    .send(server.admin()
                            .json(API_KEYS)
                            .POST(BodyPublishers.ofString("{\"name\":\"%s\",\"role\":\"viewer\"}".formatted(name))));
            assertThat(answer.problem()).as(name).isEqualTo("bad-request");
            assertThat(answer.text()).contains("name: ");
        }
    }

    @Test
    void a_revoked_key_stays_in_the_list_and_its_name_is_free_again() {
        var request = viewer();
        var key = create(request);
        for (int i = 0; i < 2; i++) {
            assertThat(server.admin().delete(API_KEYS + "/" + key.id()).status())
                    .isEqualTo(204);
        }
        assertThat(server.api().as(key.key()).get("/api/v1/hosts").text()).contains("was revoked");
        var listed = listed(key.id());
        assertThat(listed.state()).isEqualTo("revoked");
        assertThat(listed.revoked()).isNotNull();
        assertThat(audited("api-key:" + key.id()))
                .containsExactly("admin.key api-key.created", "admin.key api-key.revoked");
        assertThat(create(request).id()).isNotEqualTo(key.id());
    }

    @Test
    void the_list_says_when_a_key_was_last_used() throws Exception {
        var key = create(viewer());
        assertThat(listed(key.id()).lastUsed()).isNull();
        server.api().as(key.key()).get("/api/v1/hosts");
        await(() -> listed(key.id()).lastUsed() != null);
        assertThat(listed(key.id()).lastUsed())
                .isEqualTo(listed(key.id()).lastUsed().truncatedTo(ChronoUnit.MINUTES));
    }

    @Test
    void the_key_in_the_file_was_made_by_the_server_and_cannot_be_revoked_from_outside() {
        var admin = apiKeys()
                .filter(key -> key.name().equals("admin.key"))
                .findFirst()
                .orElseThrow();
        assertThat(audited("api-key:" + admin.id())).containsExactly("server api-key.created");
        assertThat(server.admin().delete(API_KEYS + "/" + admin.id()).problem()).isEqualTo("bad-parameter");
    }

    @Test
    void another_server_takes_a_new_key_at_once_and_a_revoked_one_no_more(@TempDir Path data) throws Exception {
        try (var other = TestServer.start(data, server.sameDatabase())) {
            assertThat(data.resolve("admin.key")).doesNotExist();
            var key = create(viewer());
            Api there = other.api().as(key.key());
            await(() -> there.get("/api/v1/hosts").status() == 200);
            server.admin().delete(API_KEYS + "/" + key.id());
            await(() -> there.get("/api/v1/hosts").status() == 401);
        }
    }

    @Test
    void an_enrolment_key_shows_what_is_left_of_it_and_never_itself() {
        var key = Samples.key(server, 2, Map.of("env", "prod"));
        server.api().post("/api/v1/agent/enroll", Samples.request(key.key(), "h", Samples.kernel()));
        String path = ENROLLMENT_KEYS + "/" + key.id();
        var shown = server.admin().get(path);
        assertThat(shown.text()).doesNotContain(key.key());
        var info = shown.as(EnrollmentKeyInfo.class);
        assertThat(List.of(info.uses(), info.usesLeft())).containsExactly(2, 1);
        assertThat(info.state()).isEqualTo(State.ACTIVE);
        assertThat(info.labels()).containsEntry("env", "prod");
        server.api().post("/api/v1/agent/enroll", Samples.request(key.key(), "h", Samples.kernel()));
        assertThat(server.admin().get(path).as(EnrollmentKeyInfo.class).state()).isEqualTo(State.USED_UP);
    }

    @Test
    void a_revoked_enrolment_key_takes_in_nobody_more() {
        var key = Samples.key(server, 2, Map.of());
        var request = Samples.request(key.key(), "h", Samples.kernel());
        assertThat(server.api().post("/api/v1/agent/enroll", request).status()).isEqualTo(201);
        String path = ENROLLMENT_KEYS + "/" + key.id();
        for (int i = 0; i < 2; i++) {
            assertThat(server.admin().delete(path).status()).isEqualTo(204);
        }
        assertThat(server.api().post("/api/v1/agent/enroll", request).problem()).isEqualTo("enrollment-key-revoked");
        assertThat(server.admin().get(path).as(EnrollmentKeyInfo.class).state()).isEqualTo(State.REVOKED);
        assertThat(audited("enrollment-key:" + key.id()))
                .containsExactly("admin.key enrollment-key.created", "admin.key enrollment-key.revoked");
        assertThat(server.admin()
                        .delete(ENROLLMENT_KEYS + "/" + UUID.randomUUID())
                        .problem())
                .isEqualTo("not-found");
    }

    @Test
    void enrolment_keys_are_listed_in_parts_the_newest_first() {
        var older = Samples.key(server, 1, Map.of());
        var newer = Samples.key(server, 1, Map.of());
        var first = server.admin().get(ENROLLMENT_KEYS + "?limit=1").json();
        assertThat(first.at("/items/0/id").stringValue()).isEqualTo(newer.id().toString());
        var second = server.admin()
                .get(ENROLLMENT_KEYS + "?limit=1&cursor=" + first.get("next").stringValue())
                .json();
        assertThat(second.at("/items/0/id").stringValue()).isEqualTo(older.id().toString());
        assertThat(server.admin().get(ENROLLMENT_KEYS + "?cursor=x").problem()).isEqualTo("bad-parameter");
    }

    @Test
    void an_unknown_token_shown_again_and_again_is_told_to_wait_and_its_neighbours_are_not() {
        var good = server.api()
                .as(Samples.enroll(server, Samples.kernel(), Map.of()).token());
        for (String prefix : List.of("rlht_", "rlak_")) {
            Api bad = server.api().as(prefix + UUID.randomUUID());
            for (int i = 0; i < FailedAttempts.BY_SECRET; i++) {
                assertThat(bad.get("/api/v1/hosts").status()).isEqualTo(401);
            }
            var refused = bad.get("/api/v1/bundles/" + "0".repeat(64));
            assertThat(refused.problem()).isEqualTo("too-many-failures");
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 60);
            assertThat(good.get("/api/v1/agent/directive").status()).isEqualTo(200);
        }
        String path = "/api/v1/agent/enroll";
        var request = Samples.request("rlek_" + UUID.randomUUID(), "h", Samples.kernel());
        for (int i = 0; i < FailedAttempts.BY_SECRET; i++) {
            assertThat(server.api().post(path, request).problem()).isEqualTo("enrollment-key-invalid");
        }
        assertThat(server.api().post(path, request).problem()).isEqualTo("too-many-failures");
    }
}
