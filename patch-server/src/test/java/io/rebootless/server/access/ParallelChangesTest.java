package io.rebootless.server.access;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Audit;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.EnrollmentKey;
import io.rebootless.wire.QuarantineLift;
import io.rebootless.wire.WireJson;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
        var before = audit.head();
        var answers = Stream.generate(request).limit(AT_ONCE).map(admin::sendLater).toList().stream()
                .map(answer -> answer.join().status())
                .toList();
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
    void keys_end_once() {
        String apiKey = admin.post("/api/v1/api-keys", Map.of("name", "k " + UUID.randomUUID(), "role", "viewer"))
                .json()
                .get("id")
                .stringValue();
        EnrollmentKey enrollmentKey = Samples.key(server, 1, Map.of());
        isOneEntry("api-key.revoked", deleting("/api/v1/api-keys/" + apiKey));
        isOneEntry("enrollment-key.revoked", deleting("/api/v1/enrollment-keys/" + enrollmentKey.id()));
    }

    @Test
    void a_host_is_asked_for_another_token_has_its_quarantine_lifted_and_leaves_once() {
        var host = Samples.enroll(server, kernel, Map.of());
        var quarantined = Samples.quarantined(Sha256.of(new byte[1]), 1);
        admin.as(host.token())
                .put(
                        "/api/v1/agent/report",
                        Samples.with(
                                Samples.report(UUID.randomUUID(), 1, kernel, AgentState.HELD, 0, null),
                                List.of(quarantined),
                                List.of()));
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
