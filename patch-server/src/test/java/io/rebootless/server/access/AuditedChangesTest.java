package io.rebootless.server.access;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Manifest;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.rollout.RolloutTest;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Api.Answer;
import io.rebootless.server.testing.Audit;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.QuarantineLift;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.HttpMethod;

/** Every request that changes something is an entry of the audit log: a rule that is new needs a line here. */
@ExtendWith(SharedServer.class)
class AuditedChangesTest {
    /** What needs no entry, and why. */
    private static final Map<String, String> SILENT = Map.of(
            "PUT /api/v1/agent/report", "a host's word about itself is its history",
            "POST /api/v1/holds/preview", "changes nothing",
            "POST /api/v1/storage/scrub", "looks at files; what it sets aside is an entry of the server's own");

    /** What would take the server from under all other tests; the one named drives it on a server of its own. */
    private static final Map<String, String> DRIVEN_ELSEWHERE = Map.of(
            "POST /api/v1/tls/authority", "SuccessionTest",
            "POST /api/v1/tls/authority/switch", "SuccessionTest",
            "DELETE /api/v1/tls/authorities/*", "SuccessionTest");

    private final TestServer server;
    private final Audit audit;
    private final Api admin;
    private final KernelBuild kernel = Samples.kernel();
    private int minutes;
    private final Map<String, Change> changes = new LinkedHashMap<>();

    /** One change by a request, and the action that its entry names. */
    private record Change(String action, Supplier<Answer> request) {}

    AuditedChangesTest(TestServer server) {
        this.server = server;
        this.audit = new Audit(server);
        this.admin = server.admin();
        change("POST /api/v1/api-keys", "api-key.created", this::apiKey);
        change("DELETE /api/v1/api-keys/*", "api-key.revoked", () -> admin.delete("/api/v1/api-keys/" + id(apiKey())));
        change("POST /api/v1/enrollment-keys", "enrollment-key.created", this::enrollmentKey);
        change(
                "DELETE /api/v1/enrollment-keys/*",
                "enrollment-key.revoked",
                () -> admin.delete("/api/v1/enrollment-keys/" + id(enrollmentKey())));
        change("POST /api/v1/agent/enroll", "host.enrolled", () -> {
            String key = Samples.key(server, 1, Map.of()).key();
            return admin.as(null).post("/api/v1/agent/enroll", Samples.request(key, "h", kernel));
        });
        change("DELETE /api/v1/hosts/*", "host.retired", () -> admin.delete("/api/v1/hosts/" + host().hostId()));
        change("POST /api/v1/hosts/*/token-replacement", "host.token-wanted", () -> wantToken(host()));
        change("POST /api/v1/hosts/*/quarantine/lift", "host.quarantine-lifted", () -> {
            Enrollment host = host();
            var quarantined = Samples.reportedQuarantine(server, host, kernel);
            return admin.post(
                    "/api/v1/hosts/%s/quarantine/lift".formatted(host.hostId()),
                    new QuarantineLift(List.of(quarantined.id()), null, "it was the power"));
        });
        change(
                "POST /api/v1/hosts/*/labels",
                "host.labels-changed",
                () -> admin.post(
                        "/api/v1/hosts/%s/labels".formatted(host().hostId()), Map.of("set", Map.of("env", "prod"))));
        change("PUT /api/v1/groups/*", "group.changed", this::group);
        change("DELETE /api/v1/groups/*", "group.deleted", () -> {
            group();
            return admin.delete("/api/v1/groups/audited");
        });
        change("PUT /api/v1/plans/*", "plan.changed", this::plan);
        change("DELETE /api/v1/plans/*", "plan.deleted", () -> {
            plan();
            return admin.delete("/api/v1/plans/audited");
        });
        change("PUT /api/v1/rollouts/*", "rollout.plan-chosen", () -> rollout("careful"));
        change("DELETE /api/v1/rollouts/*", "rollout.forgotten", () -> {
            String name = UUID.randomUUID().toString();
            admin.put("/api/v1/rollouts/" + name, Map.of("plan", "careful"));
            return admin.delete("/api/v1/rollouts/" + name);
        });
        change("POST /api/v1/rollouts/*/approval", "rollout.approved", () -> lever(waiting(), "approval"));
        change("POST /api/v1/rollouts/*/pause", "rollout.paused", () -> lever(waiting(), "pause"));
        change("POST /api/v1/rollouts/*/abort", "rollout.aborted", () -> lever(waiting(), "abort"));
        change("POST /api/v1/rollouts/*/resume", "rollout.resumed", () -> {
            String publication = waiting();
            lever(publication, "abort");
            return lever(publication, "resume");
        });
        change("POST /api/v1/holds", "hold.created", this::hold);
        change("DELETE /api/v1/holds/*", "hold.lifted", () -> admin.delete("/api/v1/holds/" + id(hold())));
        change("POST /api/v1/agent/token", "host.token-issued", () -> {
            Enrollment host = host();
            wantToken(host);
            return post(admin.as(host.token()), "/api/v1/agent/token");
        });
        change("POST /api/v1/bundles", "bundle.published", () -> publish(1));
        change(
                "POST /api/v1/bundles/*/withdrawal",
                "bundle.withdrawn",
                () -> admin.post(
                        "/api/v1/bundles/%s/withdrawal"
                                .formatted(publish(2).json().get("identity").stringValue()),
                        Map.of("reason", "it deadlocks")));
        change("POST /api/v1/publications/*/withdrawal", "publication.withdrawn", () -> {
            publish(3);
            return admin.post(
                    "/api/v1/publications/%s/withdrawal".formatted(publication(3)), Map.of("reason", "it deadlocks"));
        });
        change("POST /api/v1/kernels/*/statements", "cve.not-affected-stated", this::state);
        change("DELETE /api/v1/kernels/*/statements/*", "cve.not-affected-retracted", () -> {
            state();
            return admin.delete("/api/v1/kernels/%s/statements/CVE-2026-0009"
                    .formatted(kernel.buildId().hex()));
        });
    }

    private void change(String rule, String action, Supplier<Answer> request) {
        changes.put(rule, new Change(action, request));
    }

    @Test
    void every_rule_that_lets_something_be_changed_is_here() {
        var rules = AccessRules.TABLE.stream()
                .filter(rule -> !List.of(HttpMethod.GET, HttpMethod.HEAD).contains(rule.method()))
                .map(rule -> rule.method() + " " + rule.path())
                .collect(Collectors.toCollection(TreeSet::new));
        rules.removeAll(SILENT.keySet());
        rules.removeAll(DRIVEN_ELSEWHERE.keySet());
        assertThat(rules).isEqualTo(new TreeSet<>(changes.keySet()));
    }

    @Test
    void each_change_is_an_entry() {
        changes.forEach((rule, change) -> {
            var before = audit.head();
            var answer = change.request().get();
            assertThat(answer.status() / 100).as("%s: %s", rule, answer.text()).isEqualTo(2);
            assertThat(audit.since(before)).as(rule).anyMatch(entry -> entry.startsWith(change.action() + " "));
        });
    }

    /** Answers hold secrets once; the log never does. */
    @Test
    void no_entry_holds_a_secret() {
        changes.values().forEach(change -> change.request().get());
        assertThat(audit.log())
                .isNotEmpty()
                .allSatisfy(entry -> assertThat(entry.toString()).doesNotContain("rlak_", "rlek_", "rlht_"));
    }

    /** Another query each time: the same again would change nothing. */
    private Answer group() {
        return admin.put("/api/v1/groups/audited", Map.of("query", "env==" + UUID.randomUUID()));
    }

    private Answer plan() {
        return admin.put(
                "/api/v1/plans/audited",
                Map.of("rings", List.of(Map.of("reach", "100%")), "fetchWithin", "PT%dM".formatted(++minutes)));
    }

    private Answer rollout(String plan) {
        return admin.put("/api/v1/rollouts/" + UUID.randomUUID(), Map.of("plan", plan));
    }

    /** The name of a publication whose rollout waits for another person than the admin, who publishes it. */
    private String waiting() {
        admin.put("/api/v1/plans/approved", Map.of("rings", List.of(Map.of("reach", "100%")), "start", "approved"));
        String name = UUID.randomUUID().toString();
        admin.put("/api/v1/rollouts/" + name, Map.of("plan", "approved"));
        admin.upload(TestBundles.signed(Samples.kernel(), 1, 0, RolloutTest.manifest(name), alice()));
        return name;
    }

    private Answer lever(String publication, String lever) {
        var operator = admin.post("/api/v1/api-keys", Map.of("name", "o " + UUID.randomUUID(), "role", "operator"));
        return admin.as(operator.json().get("key").stringValue())
                .post("/api/v1/rollouts/%s/%s".formatted(publication, lever), Map.of("reason", "audited"));
    }

    private Answer hold() {
        return admin.post(
                "/api/v1/holds", Map.of("kind", "none", "host", host().hostId(), "reason", "audited", "owner", "ops"));
    }

    private Answer apiKey() {
        return admin.post("/api/v1/api-keys", Map.of("name", "k " + UUID.randomUUID(), "role", "viewer"));
    }

    private Answer enrollmentKey() {
        return admin.post("/api/v1/enrollment-keys", Map.of("name", "k", "uses", 1, "validHours", 1));
    }

    private static String id(Answer answer) {
        return answer.json().get("id").stringValue();
    }

    private Enrollment host() {
        return Samples.enroll(server, Samples.kernel(), Map.of());
    }

    private Answer wantToken(Enrollment host) {
        return post(admin, "/api/v1/hosts/%s/token-replacement".formatted(host.hostId()));
    }

    private static Answer post(Api api, String path) {
        return api.send(api.request(path).POST(BodyPublishers.noBody()));
    }

    private String publication(long level) {
        return kernel.buildId().hex() + "." + level;
    }

    private Answer publish(long level) {
        var plain = TestBundles.manifest(level);
        var manifest = new Manifest(
                publication(level),
                plain.title(),
                plain.created(),
                plain.cves(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of());
        return admin.upload(TestBundles.signed(kernel, level, 0, manifest, alice()));
    }

    private Answer state() {
        publish(1);
        return admin.post(
                "/api/v1/kernels/%s/statements".formatted(kernel.buildId().hex()),
                Map.of("cve", "CVE-2026-0009", "reason", "not built in"));
    }
}
