package io.rebootless.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.ApiKeyInfo;
import io.rebootless.wire.EnrollmentKey;
import io.rebootless.wire.EnrollmentKeyRequest;
import io.rebootless.wire.HostToken;
import io.rebootless.wire.WireJson;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Every secret there is, shown in every place where a client may put one, rightly or by mistake. */
@ExtendWith(SharedServer.class)
class SecretsTest {
    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private static final Logger OURS = (Logger) LoggerFactory.getLogger("io.rebootless");

    private final TestServer server;
    private final Queue<String> logged = new ConcurrentLinkedQueue<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> secrets = new ArrayList<>();
    private final AppenderBase<ILoggingEvent> capture = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            logged.add(event.getLoggerName() + " " + event.getFormattedMessage() + " "
                    + ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
    };
    private Level rootBefore;
    private Level oursBefore;

    SecretsTest(TestServer server) {
        this.server = server;
    }

    @BeforeEach
    void capture() {
        rootBefore = ROOT.getLevel();
        oursBefore = OURS.getLevel();
        ROOT.setLevel(Level.INFO);
        OURS.setLevel(Level.TRACE);
        capture.start();
        ROOT.addAppender(capture);
    }

    @AfterEach
    void restore() {
        ROOT.detachAppender(capture);
        ROOT.setLevel(rootBefore);
        OURS.setLevel(oursBefore);
    }

    private void keep(Api.Answer answer) {
        if (answer.status() >= 400) {
            problems.add(answer.text() + answer.response().headers().map());
        }
    }

    private String secret(String secret) {
        secrets.add(secret);
        return secret;
    }

    private void refused(String field, Api.Answer answer) {
        assertThat(answer.problem()).isEqualTo("bad-request");
        assertThat(answer.text()).contains(field);
        keep(answer);
    }

    /** As an agent would not: it refuses such a name itself. */
    private Api.Answer enroll(String key, String hostname, String machineId) {
        var request = (ObjectNode) WireJson.mapper().valueToTree(Samples.request(key, "h", Samples.kernel()));
        return server.api()
                .post("/api/v1/agent/enroll", request.put("hostname", hostname).put("machineId", machineId));
    }

    @Test
    void no_log_no_problem_and_no_audit_entry_has_a_secret_in_it() {
        var admin = server.admin();
        secret(String.valueOf(admin.key()));
        var enrollmentKey = admin.post("/api/v1/enrollment-keys", new EnrollmentKeyRequest("secrets", 5, 1, Map.of()))
                .as(EnrollmentKey.class);
        String key = secret(enrollmentKey.key());
        String apiKey = secret(
                admin.post("/api/v1/api-keys", Map.of("name", "secrets " + UUID.randomUUID(), "role", "operator"))
                        .as(ApiKeyInfo.class)
                        .key());
        var kernel = Samples.kernel();
        var enrollment = Samples.enroll(server, kernel, Map.of());
        String token = secret(enrollment.token());
        Api host = server.api().as(token);
        admin.post("/api/v1/hosts/" + enrollment.hostId() + "/token-replacement", Map.of());
        String fresh = secret(
                host.post("/api/v1/agent/token", Map.of()).as(HostToken.class).token());
        keep(server.api().as(fresh).get("/api/v1/agent/directive"));
        String unknown = secret("rlht_" + UUID.randomUUID());
        String guessed = secret("rlek_" + UUID.randomUUID());

        for (String shown : List.copyOf(secrets)) {
            Api api = server.api().as(shown);
            for (String path : List.of(
                    "/api/v1/hosts",
                    "/api/v1/agent/directive",
                    "/api/v1/bundles/" + "0".repeat(64),
                    "/api/v1/nowhere")) {
                keep(api.get(path));
                keep(server.api().send(server.api().request(path).header("Authorization", "Basic " + shown)));
            }
            keep(api.put("/api/v1/agent/report", Map.of("hostname", shown)));
            keep(api.post("/api/v1/agent/token", Map.of()));
            for (String path : List.of("/api/v1/hosts/", "/api/v1/bundles/", "/api/v1/nowhere/", "/nowhere/")) {
                keep(admin.get(path + shown));
                keep(admin.delete(path + shown));
                keep(admin.delete(path + shown.replace("_", "%5F")));
                keep(admin.delete(path + shown.replace("_", "%255f")));
                keep(admin.get(path + shown.replace("rl", "%72l")));
                keep(admin.send(admin.request(path + shown)
                        .header("X-Request-Id", shown)
                        .POST(BodyPublishers.noBody())));
            }
            keep(admin.get("/api/v1/hosts?limit=" + shown));
            keep(admin.get("/api/v1/hosts?token=" + shown));
            keep(admin.get("/api/v1/hosts?cursor=" + shown));
            keep(admin.get("/api/v1/gate?cve=" + shown));
            keep(server.api().post("/api/v1/agent/enroll", Map.of("version", 1, "key", shown)));
            keep(server.api().post("/api/v1/agent/enroll", Map.of("version", shown, "key", shown)));
            keep(server.api().post("/api/v1/agent/enroll", Samples.request(shown, "h", kernel)));
            for (String path : List.of("/api/v1/api-keys", "/api/v1/enrollment-keys")) {
                refused("name", admin.post(path, Map.of("name", shown, "role", "viewer", "uses", 1, "validHours", 1)));
            }
            refused(
                    "labels.site",
                    admin.post(
                            "/api/v1/enrollment-keys",
                            Map.of("name", "n", "uses", 1, "validHours", 1, "labels", Map.of("site", shown))));
            var reason = Map.of("reason", "it was " + shown);
            refused("reason", admin.post("/api/v1/bundles/%s/withdrawal".formatted("0".repeat(64)), reason));
            refused("reason", admin.post("/api/v1/publications/p/withdrawal", reason));
            refused(
                    "reason",
                    admin.post(
                            "/api/v1/kernels/%s/statements".formatted("0".repeat(40)),
                            Map.of("cve", "CVE-2026-0001", "reason", shown)));
            refused(
                    "reason",
                    admin.post(
                            "/api/v1/hosts/%s/quarantine/lift".formatted(enrollment.hostId()),
                            Map.of("ids", List.of(UUID.randomUUID()), "reason", shown)));
            refused("hostname", enroll(key, shown, "machine"));
            refused("machineId", enroll(key, "h", shown));
            var named = (ObjectNode) WireJson.mapper()
                    .valueToTree(Samples.report(UUID.randomUUID(), 1, kernel, AgentState.IDLE, 0, null));
            refused("hostname", server.api().as(fresh).put("/api/v1/agent/report", named.put("hostname", shown)));
            for (String body : List.of("{\"key\":" + shown + "}", shown, "{\"" + shown, "{\"key\":\"" + shown)) {
                keep(server.api().send(server.api().json("/api/v1/agent/enroll").POST(BodyPublishers.ofString(body))));
            }
        }
        assertThat(List.of(key, apiKey, unknown, guessed)).doesNotHaveDuplicates();
        assertThat(logged).as("the test listens").isNotEmpty();
        assertThat(problems).as("the test provokes").hasSizeGreaterThan(50);
        String audit = String.join(
                "\n",
                server.jdbc()
                        .sql("SELECT audit_entry::text FROM audit_entry")
                        .query(String.class)
                        .list());
        for (String secret : secrets) {
            String random = secret.substring(5);
            assertThat(logged).noneMatch(line -> line.contains(random));
            assertThat(problems).noneMatch(problem -> problem.contains(random));
            assertThat(audit).doesNotContain(random);
        }
    }
}
