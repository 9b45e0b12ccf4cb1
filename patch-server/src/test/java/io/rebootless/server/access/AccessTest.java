package io.rebootless.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.wire.Problem;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.util.StringUtils;

/** Each endpoint with each kind of key. A request that is let in fails later, for its emptiness, with another status. */
@Tag("every-jdk")
@ExtendWith(SharedServer.class)
class AccessTest {
    private static final String ID = UUID.randomUUID().toString();

    /** Who is let in: in the order none, host, viewer, operator, publisher, admin. */
    private static final Map<String, String> TABLE = table();

    private final TestServer server;

    AccessTest(TestServer server) {
        this.server = server;
    }

    private static Map<String, String> table() {
        var table = new LinkedHashMap<String, String>();
        table.put("GET /healthz", "yes yes yes yes yes yes");
        table.put("GET /healthz/live", "yes yes yes yes yes yes");
        table.put("GET /healthz/ready", "yes yes yes yes yes yes");
        table.put("GET /docs", "yes yes yes yes yes yes");
        table.put("GET /docs/openapi.json", "yes yes yes yes yes yes");
        table.put("GET /install/agent.sh", "yes yes yes yes yes yes");
        table.put("POST /api/v1/agent/enroll", "yes yes yes yes yes yes");
        table.put("GET /api/v1/agent/coverage?buildId=" + "0".repeat(40), "yes yes yes yes yes yes");
        table.put("GET /api/v1/agent/directive", "401 yes 401 401 401 401");
        table.put("PUT /api/v1/agent/report", "401 yes 403 403 403 403");
        table.put("POST /api/v1/agent/token", "401 yes 403 403 403 403");
        table.put("GET /api/v1/agent/authorities", "401 yes yes yes yes yes");
        table.put("GET /api/v1/tls", "401 403 yes yes yes yes");
        table.put("POST /api/v1/tls/authority?wrong=1", "401 403 403 403 403 yes");
        table.put("POST /api/v1/tls/authority/switch?wrong=1", "401 403 403 403 403 yes");
        table.put("DELETE /api/v1/tls/authorities/" + "0".repeat(64), "401 403 403 403 403 yes");
        table.put("POST /api/v1/bundles", "401 403 403 403 yes yes");
        table.put("GET /api/v1/bundles", "401 403 yes yes yes yes");
        table.put("GET /api/v1/bundles/" + "0".repeat(64), "401 yes yes yes yes yes");
        table.put("GET /api/v1/bundles/" + "0".repeat(64) + "/info", "401 403 yes yes yes yes");
        table.put("GET /api/v1/bundles/" + "0".repeat(64) + "/manifest", "401 403 yes yes yes yes");
        table.put("POST /api/v1/bundles/" + "0".repeat(64) + "/withdrawal", "401 403 403 403 yes yes");
        table.put("GET /api/v1/publications", "401 403 yes yes yes yes");
        table.put("GET /api/v1/publications/none", "401 403 yes yes yes yes");
        table.put("POST /api/v1/publications/none/withdrawal", "401 403 403 403 yes yes");
        table.put("GET /api/v1/kernels", "401 403 yes yes yes yes");
        table.put("GET /api/v1/kernels/" + "0".repeat(40), "401 403 yes yes yes yes");
        table.put("GET /api/v1/kernels/" + "0".repeat(40) + "/statements", "401 403 yes yes yes yes");
        table.put("POST /api/v1/kernels/" + "0".repeat(40) + "/statements", "401 403 403 403 yes yes");
        table.put("DELETE /api/v1/kernels/" + "0".repeat(40) + "/statements/CVE-2026-0001", "401 403 403 403 yes yes");
        table.put("GET /api/v1/storage", "401 403 403 403 403 yes");
        table.put("POST /api/v1/storage/scrub", "401 403 403 403 403 yes");
        table.put("POST /api/v1/enrollment-keys", "401 403 403 yes 403 yes");
        table.put("GET /api/v1/enrollment-keys", "401 403 403 yes 403 yes");
        table.put("GET /api/v1/enrollment-keys/" + ID, "401 403 403 yes 403 yes");
        table.put("DELETE /api/v1/enrollment-keys/" + ID, "401 403 403 yes 403 yes");
        table.put("GET /api/v1/hosts", "401 403 yes yes yes yes");
        table.put("GET /api/v1/hosts/" + ID, "401 403 yes yes yes yes");
        table.put("GET /api/v1/hosts/" + ID + "/history", "401 403 yes yes yes yes");
        table.put("DELETE /api/v1/hosts/" + ID, "401 403 403 yes 403 yes");
        table.put("POST /api/v1/hosts/" + ID + "/token-replacement", "401 403 403 yes 403 yes");
        table.put("POST /api/v1/hosts/" + ID + "/quarantine/lift", "401 403 403 yes 403 yes");
        table.put("GET /api/v1/groups", "401 403 yes yes yes yes");
        table.put("GET /api/v1/groups/none", "401 403 yes yes yes yes");
        table.put("PUT /api/v1/groups/none", "401 403 403 yes 403 yes");
        table.put("DELETE /api/v1/groups/none", "401 403 403 yes 403 yes");
        table.put("POST /api/v1/hosts/" + ID + "/labels", "401 403 403 yes 403 yes");
        table.put("GET /api/v1/plans", "401 403 yes yes yes yes");
        table.put("GET /api/v1/plans/none", "401 403 yes yes yes yes");
        table.put("PUT /api/v1/plans/none", "401 403 403 yes 403 yes");
        table.put("DELETE /api/v1/plans/none", "401 403 403 yes 403 yes");
        table.put("GET /api/v1/rollouts", "401 403 yes yes yes yes");
        table.put("GET /api/v1/rollouts/none", "401 403 yes yes yes yes");
        table.put("GET /api/v1/rollouts/none/hosts", "401 403 yes yes yes yes");
        table.put("GET /api/v1/rollouts/none/preview?lever=pause", "401 403 yes yes yes yes");
        table.put("PUT /api/v1/rollouts/none", "401 403 403 yes 403 yes");
        table.put("DELETE /api/v1/rollouts/none", "401 403 403 yes 403 yes");
        table.put("POST /api/v1/rollouts/none/approval", "401 403 403 yes 403 yes");
        table.put("POST /api/v1/rollouts/none/pause", "401 403 403 yes 403 yes");
        table.put("POST /api/v1/rollouts/none/resume", "401 403 403 yes 403 yes");
        table.put("POST /api/v1/rollouts/none/abort", "401 403 403 yes 403 yes");
        table.put("GET /api/v1/holds", "401 403 yes yes yes yes");
        table.put("POST /api/v1/holds", "401 403 403 yes 403 yes");
        table.put("GET /api/v1/holds/" + ID + "/preview", "401 403 403 yes 403 yes");
        table.put("POST /api/v1/holds/preview", "401 403 403 yes 403 yes");
        table.put("DELETE /api/v1/holds/" + ID, "401 403 403 yes 403 yes");
        table.put("GET /api/v1/gate", "401 403 yes yes yes yes");
        table.put("GET /api/v1/audit", "401 403 403 403 403 yes");
        table.put("GET /api/v1/audit/head", "401 403 403 403 403 yes");
        table.put("GET /api/v1/audit/export", "401 403 403 403 403 yes");
        table.put("GET /api/v1/api-keys", "401 403 403 403 403 yes");
        table.put("POST /api/v1/api-keys", "401 403 403 403 403 yes");
        table.put("DELETE /api/v1/api-keys/" + ID, "401 403 403 403 403 yes");
        table.put("GET /api/v1/nowhere", "401 403 403 403 403 yes");
        table.put("GET /actuator/env", "401 403 403 403 403 yes");
        return table;
    }

    @Test
    void the_table_of_rules_holds_for_every_endpoint_and_key() {
        var callers = new ArrayList<Api>();
        callers.add(server.api());
        callers.add(server.api()
                .as(Samples.enroll(server, Samples.kernel(), Map.of()).token()));
        for (String role : List.of("viewer", "operator", "publisher", "admin")) {
            callers.add(server.api().as(key(role)));
        }
        TABLE.forEach((endpoint, expected) -> {
            var found =
                    callers.stream().map(caller -> outcome(caller, endpoint)).toList();
            assertThat(String.join(" ", found)).as(endpoint).isEqualTo(expected);
        });
        assertThat(AccessRules.TABLE).hasSizeLessThanOrEqualTo(TABLE.size());
    }

    private static String outcome(Api caller, String endpoint) {
        String[] parts = StringUtils.split(endpoint, " ");
        var answer = caller.send(caller.request(parts[1]).method(parts[0], BodyPublishers.noBody()));
        if (answer.status() == 401) {
            assertThat(answer.problem()).isEqualTo("unauthenticated");
            assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
            return "401";
        }
        if (answer.status() == 403) {
            assertThat(answer.problem()).isEqualTo("forbidden");
            return "403";
        }
        assertThat(answer.status()).as(endpoint).isLessThan(500);
        return "yes";
    }

    @Test
    void a_role_that_may_not_is_told_which_may() {
        Api viewer = server.api().as(key("viewer"));
        var upload = viewer.post("/api/v1/bundles", Map.of()).as(Problem.class);
        assertThat(upload.expected()).isEqualTo("the role publisher or admin");
        assertThat(upload.found()).isEqualTo("viewer");
        assertThat(upload.remedy()).startsWith("Use a key with the role publisher or admin;");
        assertThat(viewer.get("/api/v1/audit").as(Problem.class).expected()).isEqualTo("the role admin");
        assertThat(viewer.get("/api/v1/nowhere").as(Problem.class).expected()).isEqualTo("the role admin");
        assertThat(viewer.put("/api/v1/agent/report", Map.of())
                        .as(Problem.class)
                        .remedy())
                .isEqualTo("Only a host asks for this, with its token.");
    }

    private String key(String role) {
        return server.admin()
                .post("/api/v1/api-keys", Map.of("name", role + " " + UUID.randomUUID(), "role", role))
                .json()
                .get("key")
                .stringValue();
    }

    @Test
    void a_revoked_key_opens_nothing_and_no_answer_shows_a_key_again() {
        var created = server.admin()
                .post("/api/v1/api-keys", Map.of("name", "short " + UUID.randomUUID(), "role", "viewer"))
                .json();
        assertThat(server.admin()
                        .post(
                                "/api/v1/api-keys",
                                Map.of("name", created.get("name").stringValue(), "role", "viewer"))
                        .problem())
                .isEqualTo("api-key-name-taken");
        Api viewer = server.api().as(created.get("key").stringValue());
        assertThat(viewer.get("/api/v1/hosts").status()).isEqualTo(200);
        assertThat(server.admin().get("/api/v1/api-keys").text()).doesNotContain("rlak_");
        String path = "/api/v1/api-keys/" + created.get("id").stringValue();
        assertThat(server.admin().delete(path).status()).isEqualTo(204);
        assertThat(viewer.get("/api/v1/hosts").status()).isEqualTo(401);
    }

    @Test
    void no_key_can_be_made_a_host() {
        assertThat(server.admin()
                        .post("/api/v1/api-keys", Map.of("name", "h", "role", "host"))
                        .problem())
                .isEqualTo("bad-request");
    }

    @Test
    void the_key_in_the_file_is_stored_as_its_hash_only() {
        String key = String.valueOf(server.admin().key());
        assertThat(server.jdbc()
                        .sql("SELECT key_hash FROM api_key WHERE name = 'admin.key'")
                        .query(String.class)
                        .single())
                .isEqualTo(new Secret(key).hash().hex());
    }
}
