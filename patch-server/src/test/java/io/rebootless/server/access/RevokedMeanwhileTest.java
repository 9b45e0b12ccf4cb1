package io.rebootless.server.access;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Audit;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.SlowRequest;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.ApiKeyInfo;
import io.rebootless.wire.QuarantineLift;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests that began with a key that was good, and whose last byte comes when it is not any more. */
@ExtendWith(SharedServer.class)
class RevokedMeanwhileTest {
    private static final String API_KEYS = "/api/v1/api-keys";

    private final TestServer server;
    private final KernelBuild kernel = Samples.kernel();
    private ApiKeyInfo key;
    private Api api;

    RevokedMeanwhileTest(TestServer server) {
        this.server = server;
    }

    @BeforeEach
    void makeKey() {
        key = admin("an admin's");
        api = server.api().as(key.key());
    }

    private ApiKeyInfo admin(String name) {
        return server.admin()
                .post(API_KEYS, Map.of("name", name + " " + UUID.randomUUID(), "role", "admin"))
                .as(ApiKeyInfo.class);
    }

    private SlowRequest begin(String path, Object body) throws IOException {
        return SlowRequest.begin(api, "POST", path, body, "");
    }

    private SlowRequest once(String path, Object body) throws IOException {
        return SlowRequest.begin(api, "POST", path, body, "Idempotency-Key: " + UUID.randomUUID() + "\r\n");
    }

    /** The server notes it as soon as it has looked at the key, and writes it down a little later. */
    private void awaitThatTheKeyWasLookedAt() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (server.admin()
                .get(API_KEYS)
                .json()
                .get("items")
                .valueStream()
                .noneMatch(listed -> listed.get("id").asString().equals(key.id().toString())
                        && listed.path("lastUsed").isString())) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    @Test
    void a_revoked_key_changes_nothing_by_what_it_had_begun_to_send() throws Exception {
        var host = Samples.enroll(server, kernel, Map.of());
        var quarantined = Samples.reportedQuarantine(server, host, kernel);
        byte[] bundle = TestBundles.signed(kernel, 2, 0, TestBundles.manifest(2), alice());
        String withdrawn = server.admin()
                .upload(TestBundles.signed(kernel, 1, 0, TestBundles.manifest(1), alice()))
                .json()
                .get("identity")
                .stringValue();
        Map<String, String> another = Map.of("name", "n " + UUID.randomUUID(), "role", "admin");
        var requests = List.of(
                begin(API_KEYS, another),
                once(API_KEYS, another),
                once("/api/v1/storage/scrub", Map.of()),
                begin("/api/v1/enrollment-keys", Map.of("name", "k", "uses", 1, "validHours", 1)),
                begin("/api/v1/bundles/%s/withdrawal".formatted(withdrawn), Map.of("reason", "late")),
                begin(
                        "/api/v1/kernels/%s/statements"
                                .formatted(kernel.buildId().hex()),
                        Map.of("cve", "CVE-2026-0009", "reason", "late")),
                begin(
                        "/api/v1/hosts/%s/quarantine/lift".formatted(host.hostId()),
                        new QuarantineLift(List.of(quarantined.id()), null, "late")),
                SlowRequest.begin(
                        api, "POST", "/api/v1/bundles", bundle, "Content-Type: application/octet-stream\r\n"));
        awaitThatTheKeyWasLookedAt();
        assertThat(server.admin().delete(API_KEYS + "/" + key.id()).status()).isEqualTo(204);
        for (SlowRequest request : requests) {
            try (request) {
                assertThat(request.end())
                        .startsWith("HTTP/1.1 401")
                        .contains("urn:rebootless:problem:unauthenticated", "was revoked at")
                        .containsIgnoringCase("WWW-Authenticate: Bearer");
            }
        }
        assertThat(new Audit(server).log())
                .noneMatch(entry -> entry.actorId().equals(key.id().toString()));
        assertThat(server.admin().get("/api/v1/bundles/" + withdrawn + "/info").text())
                .doesNotContain("late");
        assertThat(server.blob(Sha256.of(bundle).hex())).doesNotExist();
    }

    @Test
    void nor_does_one_that_has_expired_or_was_replaced() throws Exception {
        Map<String, String> another = Map.of("name", "n " + UUID.randomUUID(), "role", "admin");
        try (var expiring = begin(API_KEYS, another);
                var replaced = begin(API_KEYS, another)) {
            awaitThatTheKeyWasLookedAt();
            server.jdbc()
                    .sql("UPDATE api_key SET expires_at = now() - interval '1 second' WHERE id = :id")
                    .param("id", key.id())
                    .update();
            assertThat(expiring.end()).startsWith("HTTP/1.1 401").contains("has expired");
            server.jdbc()
                    .sql("UPDATE api_key SET expires_at = NULL, key_hash = :hash WHERE id = :id")
                    .param(
                            "hash",
                            new Secret("rlak_" + UUID.randomUUID()).hash().hex())
                    .param("id", key.id())
                    .update();
            assertThat(replaced.end()).startsWith("HTTP/1.1 401").contains("taken the place");
        }
    }

    @Test
    void a_key_may_revoke_itself_and_that_is_its_last_entry() {
        assertThat(api.delete(API_KEYS + "/" + key.id()).status()).isEqualTo(204);
        assertThat(api.get(API_KEYS).status()).isEqualTo(401);
        assertThat(new Audit(server).log())
                .filteredOn(entry -> entry.actorId().equals(key.id().toString()))
                .singleElement()
                .satisfies(entry -> assertThat(entry.action()).isEqualTo("api-key.revoked"));
    }

    @Test
    void of_two_keys_that_revoke_each_other_at_once_one_remains() {
        for (int i = 0; i < 10; i++) {
            ApiKeyInfo one = admin("one");
            ApiKeyInfo two = admin("two");
            Api first = server.api().as(one.key());
            Api second = server.api().as(two.key());
            var byOne = first.sendLater(first.request(API_KEYS + "/" + two.id()).DELETE());
            var byTwo =
                    second.sendLater(second.request(API_KEYS + "/" + one.id()).DELETE());
            assertThat(List.of(byOne.join().status(), byTwo.join().status())).containsExactlyInAnyOrder(204, 401);
        }
    }
}
