package io.rebootless.server.access;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.audit.AuditHead;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Api.Answer;
import io.rebootless.server.testing.Audit;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.EnrollmentKey;
import io.rebootless.wire.QuarantineLift;
import io.rebootless.wire.WireJson;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A change that is asked for many times at once is made once, and is one entry. */
@ExtendWith(SharedServer.class)
class ParallelChangesTest {
    private static final int AT_ONCE = 6;

    private final TestServer server;
    private final Api admin;
    private final Audit audit;
    private final KernelBuild kernel = Samples.kernel();

    ParallelChangesTest(TestServer server) {
        this.server = server;
        this.admin = server.admin();
        this.audit = new Audit(server);
    }

    private void isOneEntry(String action, Supplier<HttpRequest.Builder> request) {
        isOneEntry(action, audit.head(), send(request));
    }

    private List<CompletableFuture<Answer>> send(Supplier<HttpRequest.Builder> request) {
        return Stream.generate(request).limit(AT_ONCE).map(admin::sendLater).toList();
    }

    private void isOneEntry(String action, AuditHead before, List<CompletableFuture<Answer>> sent) {
        var answers = sent.stream().map(answer -> answer.join().status()).toList();
        assertThat(answers).as(action).allMatch(status -> status < 300 || status == 404);
        assertThat(audit.since(before))
                .filteredOn(entry -> entry.startsWith(action + " "))
                .as("%s, answered %s", action, answers)
                .hasSize(1);
    }

    private Supplier<HttpRequest.Builder> deleting(String path) {
        return () -> admin.request(path).DELETE();
    }

    private Supplier<HttpRequest.Builder> posting(String path, Object body) {
        return () -> admin.json(path)
                .POST(BodyPublishers.ofByteArray(WireJson.mapper().writeValueAsBytes(body)));
    }

    @Test
    void an_api_key_is_revoked_once_by_all_who_wait_for_its_row() throws Exception {
        String key = admin.post("/api/v1/api-keys", Map.of("name", "k " + UUID.randomUUID(), "role", "viewer"))
                .json()
                .get("id")
                .stringValue();
        var before = audit.head();
        List<CompletableFuture<Answer>> sent;
        try (var other = server.superuser().getConnection();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT id FROM api_key WHERE id = '%s' FOR UPDATE".formatted(key));
            sent = send(deleting("/api/v1/api-keys/" + key));
            awaitThatAllWait();
            other.rollback();
        }
        isOneEntry("api-key.revoked", before, sent);
    }

    private void awaitThatAllWait() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (server.count("pg_locks WHERE NOT granted") < AT_ONCE) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Test
    void an_enrolment_key_is_revoked_once() {
        EnrollmentKey key = Samples.key(server, 1, Map.of());
        isOneEntry("enrollment-key.revoked", deleting("/api/v1/enrollment-keys/" + key.id()));
    }

    @Test
    void a_host_is_asked_for_another_token_has_its_quarantine_lifted_and_leaves_once() {
        var host = Samples.enroll(server, kernel, Map.of());
        var quarantined = Samples.reportedQuarantine(server, host, kernel);
        String path = "/api/v1/hosts/" + host.hostId();
        isOneEntry("host.token-wanted", posting(path + "/token-replacement", Map.of()));
        isOneEntry(
                "host.quarantine-lifted",
                posting(path + "/quarantine/lift", new QuarantineLift(List.of(quarantined.id()), null, "the power")));
        isOneEntry("host.retired", deleting(path));
    }

    @Test
    void what_is_published_is_taken_back_once() {
        var bundle = admin.upload(TestBundles.signed(kernel, 1, 0, TestBundles.manifest(1), alice()))
                .json();
        isOneEntry(
                "bundle.withdrawn",
                posting(
                        "/api/v1/bundles/%s/withdrawal"
                                .formatted(bundle.get("identity").stringValue()),
                        Map.of("reason", "it deadlocks")));
    }

    @Test
    void a_statement_is_made_and_taken_back_once() {
        admin.upload(TestBundles.signed(kernel, 1, 0, TestBundles.manifest(1), alice()));
        String path = "/api/v1/kernels/%s/statements".formatted(kernel.buildId().hex());
        isOneEntry("cve.not-affected-stated", posting(path, Map.of("cve", "CVE-2026-0009", "reason", "not built in")));
        isOneEntry("cve.not-affected-retracted", deleting(path + "/CVE-2026-0009"));
    }
}
