package io.rebootless.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.wire.AgentState;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@link ReportLimits} where reports come in. */
@ExtendWith(SharedServer.class)
class ReportFloodTest {
    private final TestServer server;

    ReportFloodTest(TestServer server) {
        this.server = server;
    }

    private static int report(Api host) {
        return host.put(
                        "/api/v1/agent/report",
                        Samples.report(UUID.randomUUID(), 1, Samples.kernel(), AgentState.IDLE, 0, null))
                .status();
    }

    @Test
    void a_host_that_floods_is_answered_429_polls_on_and_its_neighbour_reports_on() {
        var flooding = Samples.enroll(server, Samples.kernel(), Map.of());
        Api host = server.api().as(flooding.token());
        Api neighbour = server.api()
                .as(Samples.enroll(server, Samples.kernel(), Map.of()).token());
        for (int i = 0; i < 2 * ReportLimits.AT_ONCE; i++) {
            assertThat(report(host)).as("each gives its place back").isEqualTo(200);
        }
        var limits = server.context().getBean(ReportLimits.class);
        // In small pieces: what is left afterwards is far less than a large report needs, also a few seconds later.
        catchThrowableOfType(ProblemException.class, () -> {
            while (true) {
                limits.admit(flooding.hostId(), ReportLimits.BURST_BYTES / 256).close();
            }
        });
        String path = "/api/v1/agent/report";
        var large = Map.of("never", "looked at, though it is no report: " + "x".repeat(900_000));
        var refused = host.put(path, large);
        assertThat(refused.problem()).isEqualTo("too-many-reports");
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 20);
        assertThat(host.get("/api/v1/agent/directive").status()).isEqualTo(200);
        assertThat(report(neighbour)).isEqualTo(200);
        assertThat(neighbour.put(path, large).problem()).isEqualTo("bad-request");
    }
}
