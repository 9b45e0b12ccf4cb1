package io.rebootless.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.access.Secret;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.SlowRequest;
import io.rebootless.server.testing.TestServer;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Enrollment;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests that a host began while it was a member, and whose last byte comes when it is not any more. */
@ExtendWith(SharedServer.class)
class LeftMeanwhileTest {
    private final TestServer server;
    private final KernelBuild kernel = Samples.kernel();
    private Enrollment enrollment;
    private Api host;

    LeftMeanwhileTest(TestServer server) {
        this.server = server;
    }

    @BeforeEach
    void enroll() {
        enrollment = Samples.enroll(server, kernel, Map.of());
        host = server.api().as(enrollment.token());
    }

    private SlowRequest report() throws Exception {
        var begun = SlowRequest.begin(
                host,
                "PUT",
                "/api/v1/agent/report",
                Samples.report(UUID.randomUUID(), 1, kernel, AgentState.IDLE, 0, null),
                "");
        awaitThatTheTokenWasLookedAt();
        return begun;
    }

    /** Nobody has shown it before: the server reads whose it is, and remembers. */
    private void awaitThatTheTokenWasLookedAt() throws InterruptedException {
        Sha256 token = new Secret(enrollment.token()).hash();
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!server.context().getBean(HostDirectory.class).remembers(token)) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private void leave() {
        assertThat(server.admin().delete("/api/v1/hosts/" + enrollment.hostId()).status())
                .isEqualTo(204);
    }

    private void isFoundToBeTwo() {
        server.jdbc()
                .sql("UPDATE host SET cloned_at = now() WHERE id = :id")
                .param("id", enrollment.hostId())
                .update();
    }

    private long stored() {
        return server.jdbc()
                .sql("SELECT count(*) FROM host_state WHERE host_id = :id")
                .param("id", enrollment.hostId())
                .query(Long.class)
                .single();
    }

    @Test
    void the_report_of_a_host_that_has_left_is_410_and_not_stored() throws Exception {
        try (var late = report()) {
            leave();
            assertThat(late.end()).startsWith("HTTP/1.1 410").contains("host-retired");
        }
        assertThat(stored()).isZero();
    }

    @Test
    void the_report_of_a_host_that_was_found_to_be_two_is_401_and_not_stored() throws Exception {
        try (var late = report()) {
            isFoundToBeTwo();
            assertThat(late.end())
                    .startsWith("HTTP/1.1 401")
                    .contains("host-cloned")
                    .containsIgnoringCase("WWW-Authenticate: Bearer");
        }
        assertThat(stored()).isZero();
    }

    @Test
    void a_host_that_has_left_meanwhile_gets_no_token() throws Exception {
        server.admin().post("/api/v1/hosts/%s/token-replacement".formatted(enrollment.hostId()), Map.of());
        try (var late = askForToken()) {
            awaitThatTheTokenWasLookedAt();
            leave();
            assertThat(late.end()).startsWith("HTTP/1.1 410").contains("host-retired");
        }
    }

    /** With an Idempotency-Key a request is read to its end before anything is done. */
    private SlowRequest askForToken() throws IOException {
        return SlowRequest.begin(
                host,
                "POST",
                "/api/v1/agent/token",
                Map.of("version", 1),
                "Idempotency-Key: " + UUID.randomUUID() + "\r\n");
    }
}
