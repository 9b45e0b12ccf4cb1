package io.rebootless.server.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What no request may ask of the server; written on bare connections, since no HTTP client would. */
@ExtendWith(SharedServer.class)
class RequestLimitsTest {
    private static final int PATIENCE_MILLIS = 90_000;

    private final TestServer server;

    RequestLimitsTest(TestServer server) {
        this.server = server;
    }

    private String answer(String request) throws IOException {
        try (var socket = server.api().connect(request)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String get(String target, String headers) {
        return "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n".formatted(target, headers);
    }

    @Test
    void a_uri_that_is_too_long_is_414() throws IOException {
        assertThat(answer(get("/healthz?x=" + "y".repeat(5000), "")))
                .startsWith("HTTP/1.1 414")
                .contains("urn:rebootless:problem:uri-too-long");
    }

    @Test
    void headers_that_are_too_large_or_too_many_are_refused_with_a_problem() throws IOException {
        assertThat(answer(get("/healthz", "X-Large: " + "y".repeat(20_000) + "\r\n")))
                .startsWith("HTTP/1.1 4")
                .contains("application/problem+json")
                .doesNotContain("Tomcat", "Exception");
        assertThat(answer(get("/healthz", "X-Many: y\r\n".repeat(200))))
                .startsWith("HTTP/1.1 4")
                .contains("application/problem+json");
    }

    @Test
    void too_many_parameters_are_refused() throws IOException {
        String key = "Authorization: Bearer " + server.admin().key() + "\r\n";
        assertThat(answer(get("/api/v1/hosts?" + "label=a=b&".repeat(101), key)))
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json");
    }

    @Test
    void a_body_that_stops_is_408_and_the_connection_ends() throws IOException {
        assertThat(answer("""
                POST /api/v1/agent/enroll HTTP/1.1\r
                Host: localhost\r
                Content-Type: application/json\r
                Content-Length: 1000\r
                \r
                {"version":""")).startsWith("HTTP/1.1 408").contains("urn:rebootless:problem:too-slow");
    }

    @Test
    void a_form_is_refused_before_anybody_reads_it() throws IOException {
        assertThat(answer("""
                POST /api/v1/agent/enroll HTTP/1.1\r
                Host: localhost\r
                Content-Type: application/x-www-form-urlencoded\r
                Content-Length: 1000\r
                \r
                a""")).startsWith("HTTP/1.1 415").contains("urn:rebootless:problem:unsupported-media-type");
    }

    @Test
    void an_upload_without_a_key_is_told_so_at_once_and_its_rest_is_not_waited_for() throws IOException {
        assertThat(answer("""
                POST /api/v1/bundles HTTP/1.1\r
                Host: localhost\r
                Content-Type: application/octet-stream\r
                Content-Length: 10000000\r
                \r
                RLB""")).startsWith("HTTP/1.1 401").contains("urn:rebootless:problem:unauthenticated");
    }

    @Test
    void a_request_whose_head_never_ends_is_hung_up_on() throws IOException {
        assertThat(answer("GET /healthz HTTP/1.1\r\nHost: local")).doesNotContain("HTTP/1.1 200");
    }

    @ParameterizedTest
    @CsvSource({
        "0,        19, false",
        "0,        21, true",
        "1,        21, true",
        "1048576,  60, false",
        "1048576,  90, true",
        "16777216, 600, false"
    })
    void a_body_has_a_free_start_and_then_a_pace(long bytes, long seconds, boolean tooSlow) {
        assertThat(BodyPace.STANDARD.tooSlow(bytes, Duration.ofSeconds(seconds)))
                .isEqualTo(tooSlow);
    }
}
