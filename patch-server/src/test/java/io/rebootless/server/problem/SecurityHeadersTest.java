package io.rebootless.server.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedServer.class)
class SecurityHeadersTest {
    private static final Map<String, String> EXPECTED = Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "no-referrer",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Strict-Transport-Security", "max-age=31536000");

    private final TestServer server;

    SecurityHeadersTest(TestServer server) {
        this.server = server;
    }

    @Test
    void every_answer_has_them_once_errors_and_the_fast_path_included() {
        Api host = server.api()
                .as(Samples.enroll(server, Samples.kernel(), Map.of()).token());
        String etag = host.get("/api/v1/agent/directive").header("ETag");
        var answers = List.of(
                server.api().get("/healthz"),
                server.api().get("/api/v1/hosts"),
                server.admin().get("/api/v1/hosts"),
                server.admin().get("/api/v1/nowhere"),
                server.admin().get("/api//v1/hosts"),
                server.api().get("/api/v1/agent/directive"),
                host.get("/api/v1/agent/directive"),
                host.send(host.request("/api/v1/agent/directive").header("If-None-Match", etag)),
                host.get("/api/v1/hosts"),
                host.put("/api/v1/agent/report", Map.of()));
        for (var answer : answers) {
            EXPECTED.forEach(
                    (name, value) -> assertThat(answer.response().headers().allValues(name))
                            .as("%s of %s", name, answer.response())
                            .containsExactly(value));
        }
    }

    @Test
    void what_is_not_http_is_answered_with_them_too() throws Exception {
        try (var socket = server.api().connect("GARBAGE\r\n\r\n")) {
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            EXPECTED.forEach((name, value) -> assertThat(answer).contains(name + ": " + value + "\r\n"));
        }
    }
}
