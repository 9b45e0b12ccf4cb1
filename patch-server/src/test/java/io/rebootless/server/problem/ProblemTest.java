package io.rebootless.server.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(SharedServer.class)
class ProblemTest {
    private static final String KEYS = "/api/v1/enrollment-keys";

    private final TestServer server;

    ProblemTest(TestServer server) {
        this.server = server;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{                                          | not well-formed JSON (line 1, column",
                "                                           | body is required",
                "[]                                         | form expected",
                "{}                                         | missing",
                "{\"name\":\"n\",\"uses\":0,\"validHours\":1}  | uses: 1 to 100000",
                "{\"name\":\"n\",\"uses\":\"x\",\"validHours\":1} | wrong type",
                "{\"name\":\"n\",\"uses\":1,\"validHours\":1,\"lables\":{}} | field lables is not known; known are",
                "{\"name\":\"n\",\"uses\":1,\"validHours\":1,\"a b\":{}} | A field of this name is not known",
                "{\"name\":\"n\\u0000\",\"uses\":1,\"validHours\":1} | name",
                "{\"name\":\"n\",\"uses\":1,\"validHours\":1} {} | form expected",
                "{\"name\":\"n\",\"uses\":1,\"validHours\":1,\"labels\":{\"UPPER\":\"x\"}} | labels",
            })
    void a_wrong_json_body_is_400_and_says_what_is_wrong(String body, String words) {
        long before = server.count("enrollment_key");
        var answer =
                server.admin().send(server.admin().json(KEYS).POST(BodyPublishers.ofString(body == null ? "" : body)));
        assertThat(answer.problem()).isEqualTo("bad-request");
        assertThat(answer.text())
                .containsIgnoringCase(words)
                .doesNotContain("io.rebootless.", "Exception", "Source", "tools.jackson");
        assertThat(server.count("enrollment_key")).isEqualTo(before);
    }

    @Test
    void other_mistakes_have_their_own_names() {
        var admin = server.admin();
        assertThat(admin.get("/api/v1/nowhere").problem()).isEqualTo("not-found");
        assertThat(admin.delete("/api/v1/gate").problem()).isEqualTo("method-not-allowed");
        assertThat(admin.get("/api/v1/hosts/not-a-uuid").problem()).isEqualTo("bad-parameter");
        assertThat(admin.get("/api/v1/gate?cve=CVE-2026-0001&labels=env=prod").problem())
                .isEqualTo("bad-parameter");
        assertThat(admin.get("/api/v1/gate?cve=x").problem()).isEqualTo("bad-parameter");
        assertThat(admin.get("/api/v1/hosts?limit=many").problem()).isEqualTo("bad-parameter");
        assertThat(admin.get("/api/v1/hosts?hostname=%00").problem()).isEqualTo("bad-parameter");
        assertThat(admin.get("/api//v1/hosts").problem()).isEqualTo("bad-request");
        assertThat(admin.send(admin.request(KEYS)
                                .header("Content-Type", "text/plain")
                                .POST(BodyPublishers.ofString("{}")))
                        .problem())
                .isEqualTo("unsupported-media-type");
        var untyped = admin.send(admin.request(KEYS).POST(BodyPublishers.ofString("{}")));
        assertThat(untyped.problem()).isEqualTo("unsupported-media-type");
        assertThat(untyped.json().get("detail").stringValue()).isEqualTo("The body has no Content-Type.");
        assertThat(untyped.json().get("expected").stringValue()).isEqualTo("Content-Type: application/json");
        assertThat(admin.send(admin.request("/api/v1/hosts").header("Accept", "text/html"))
                        .problem())
                .isEqualTo("not-acceptable");
    }

    @Test
    void a_parameter_that_cannot_be_is_quoted_shortly_and_told_with_what_it_may_be() {
        var admin = server.admin();
        var state = admin.get("/api/v1/bundles?state=gone").json();
        assertThat(state.get("detail").stringValue()).isEqualTo("state is \"gone\".");
        assertThat(state.get("expected").stringValue()).isEqualTo("published or withdrawn");
        assertThat(admin.get("/api/v1/bundles?state=a%1B%5Bb" + "x".repeat(1000))
                        .json()
                        .get("detail")
                        .stringValue())
                .isEqualTo("state is \"a\ufffd[b" + "x".repeat(60) + "…\".");
        assertThat(admin.get("/api/v1/audit?from=yesterday").text()).contains("from is \\\"yesterday\\\".");
        assertThat(admin.get("/api/v1/hosts?limit=0").json().get("remedy").stringValue())
                .isEqualTo("Ask for 1 to 1000 entries at a time.");
        assertThat(admin.get("/api/v1/audit?cursor=x").text()).contains("cursor is not one that this server has given");
    }

    @Test
    void who_looks_at_the_root_without_a_key_is_pointed_to_the_description() {
        var answer = server.api().get("/");
        assertThat(answer.problem()).isEqualTo("unauthenticated");
        assertThat(answer.json().get("remedy").stringValue()).contains("admin.key", "GET /docs");
        assertThat(server.api().get("/docs").status()).isEqualTo(200);
    }

    @Test
    void a_report_beyond_a_mebibyte_is_413() {
        var host = server.api()
                .as(Samples.enroll(server, Samples.kernel(), Map.of()).token());
        byte[] large = ("{\"hostname\":\"" + "x".repeat(1024 * 1024) + "\"}").getBytes(StandardCharsets.US_ASCII);
        assertThat(host.send(host.json("/api/v1/agent/report").PUT(BodyPublishers.ofByteArray(large)))
                        .problem())
                .isEqualTo("too-large");
        assertThat(host.send(host.json("/api/v1/agent/report")
                                .PUT(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large))))
                        .problem())
                .isEqualTo("too-large");
    }

    @Test
    void what_is_not_http_gets_a_problem_too() throws Exception {
        try (var socket = server.api().connect("GARBAGE\r\n\r\n")) {
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 400")
                    .contains("application/problem+json", "urn:rebootless:problem:bad-request")
                    .doesNotContain("Tomcat", "Exception");
        }
    }
}
