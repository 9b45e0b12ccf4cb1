package io.rebootless.server.running;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.audit.AuditHead;
import io.rebootless.server.testing.ServerProgram;
import io.rebootless.wire.WireJson;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a collector of logs gets to read. */
class LogTest {
    @TempDir
    Path folder;

    @Test
    void every_line_is_an_object_and_a_change_is_told_with_its_request_and_without_secrets() throws Exception {
        Path data = folder.resolve("data");
        Files.createDirectory(data);
        // A request's line is written when its answer has been sent: all are there when the server has ended.
        var server = ServerProgram.start(data, List.of("--logging.structured.format.console=ecs"));
        try (server) {
            var admin = server.admin();
            var made = admin.send(admin.json("/api/v1/api-keys?ignored=rlak_in_the_query")
                    .header("X-Request-Id", "change-4711")
                    .POST(BodyPublishers.ofString("{\"name\":\"ci\",\"role\":\"viewer\"}")));
            assertThat(made.header("X-Request-Id")).isEqualTo("change-4711");
            made = admin.send(admin.json("/api/v1/api-keys")
                    .header("X-Request-Id", "change-4712")
                    .POST(BodyPublishers.ofString("{\"name\":\"ci\",\"role\":\"viewer\"}")));
            assertThat(made.status()).isEqualTo(201);
            admin.get("/api/v1/hosts");
            server.api().as("rlak_wrong").post("/api/v1/api-keys", Map.of("name", "x"));
        }
        String log = server.log();
        var lines = log.lines().map(line -> WireJson.mapper().readTree(line)).toList();
        assertThat(lines.get(0).get("message").stringValue()).isEqualTo("starting; data in " + data);
        var change = lines.stream()
                .filter(line -> "change-4712".equals(line.path("request").asString("")))
                .toList();
        assertThat(change).hasSize(1);
        assertThat(change.get(0).get("message").stringValue())
                .startsWith("POST /api/v1/api-keys 201 by api_key:")
                .contains(" from 127.0.0.1 in ");
        assertThat(change.get(0).get("caller").stringValue()).startsWith("api_key:");
        assertThat(log)
                .contains("POST /api/v1/api-keys 401 by nobody known")
                .doesNotContain("GET /", "rlak_", "Bearer");
    }

    /** As docs/audit.md has it done; whatever the operator has chosen for a log. */
    @ParameterizedTest
    @ValueSource(strings = {"", "ecs", "logstash", "gelf"})
    void the_heads_in_a_log_are_those_that_the_server_has_said_and_no_others(String format) throws Exception {
        Path data = folder.resolve("data");
        Files.createDirectory(data);
        var server = ServerProgram.start(
                data, format.isEmpty() ? List.of() : List.of("--logging.structured.format.console=" + format));
        String stranger = "7:" + "ab".repeat(32);
        try (server) {
            for (String path : List.of("/" + stranger, "/audit%20log%20at%20" + stranger, "/%0a" + stranger)) {
                assertThat(server.api().post(path, Map.of()).status()).isIn(400, 401);
            }
        }
        String log = server.log();
        String last = Files.readString(data.resolve("audit-head")).strip();
        assertThat(log).contains("POST /", "audit log at " + last).doesNotContain(stranger);
        assertThat(AuditHead.in(log)).isNotEmpty().endsWith(AuditHead.parse(last));
        assertThat(AuditHead.in(log)).allMatch(head -> log.contains("audit log at " + head));
    }
}
