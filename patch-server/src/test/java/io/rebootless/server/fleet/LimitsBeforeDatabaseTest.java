package io.rebootless.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.wire.WireJson;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The limits stand between strangers and the database: what they refuse is answered when there is no connection left. */
@ExtendWith(SharedServer.class)
class LimitsBeforeDatabaseTest {
    private static final String ENROLL = "/api/v1/agent/enroll";
    private static final String TOKEN = "/api/v1/agent/token";

    private final TestServer server;

    LimitsBeforeDatabaseTest(TestServer server) {
        this.server = server;
    }

    private static Api.Answer post(Api caller, String path, byte[] body, boolean idempotent) {
        var request = caller.json(path).POST(BodyPublishers.ofByteArray(body));
        return caller.send(
                idempotent ? request.header("Idempotency-Key", UUID.randomUUID().toString()) : request);
    }

    private static byte[] json(Object body) {
        return WireJson.mapper().writeValueAsBytes(body);
    }

    /** What is answered while others hold every connection of the pool. */
    private Api.Answer withoutDatabase(Supplier<Api.Answer> request) throws SQLException {
        var pool = server.context().getBean(HikariDataSource.class);
        List<Connection> all = new ArrayList<>();
        try {
            for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
                all.add(pool.getConnection());
            }
            return request.get();
        } finally {
            for (Connection one : all) {
                one.close();
            }
        }
    }

    @Test
    void a_key_that_opens_nothing_and_is_shown_again_and_again() throws SQLException {
        byte[] body = json(Samples.request("rlek_" + UUID.randomUUID(), "h", Samples.kernel()));
        for (int i = 0; i < 10; i++) {
            assertThat(post(server.api(), ENROLL, body, true).problem()).isEqualTo("enrollment-key-invalid");
        }
        for (boolean idempotent : List.of(true, false)) {
            assertThat(withoutDatabase(() -> post(server.api(), ENROLL, body, idempotent))
                            .problem())
                    .as("idempotent: %s", idempotent)
                    .isEqualTo("too-many-failures");
        }
    }

    @Test
    void an_enrolment_that_is_none() throws SQLException {
        assertThat(withoutDatabase(() -> post(server.api(), ENROLL, json(Map.of("version", 1)), true))
                        .problem())
                .isEqualTo("bad-request");
        byte[] body = json(Samples.request("rlek_" + UUID.randomUUID(), "h", Samples.kernel()));
        assertThat(withoutDatabase(() -> post(server.api(), ENROLL + "?x=y", body, true))
                        .problem())
                .isEqualTo("bad-parameter");
        assertThat(withoutDatabase(() -> server.api()
                                .send(server.api()
                                        .request(ENROLL)
                                        .header("Content-Type", "text/plain")
                                        .header(
                                                "Idempotency-Key",
                                                UUID.randomUUID().toString())
                                        .POST(BodyPublishers.ofByteArray(body))))
                        .problem())
                .isEqualTo("unsupported-media-type");
    }

    @Test
    void a_host_that_asks_for_tokens_again_and_again() throws SQLException {
        var joined = Samples.enroll(server, Samples.kernel(), Map.of());
        Api host = server.api().as(joined.token());
        assertThat(post(host, TOKEN, json(Map.of()), true).problem()).isEqualTo("token-not-wanted");
        var limits = server.context().getBean(ReportLimits.class);
        catchThrowableOfType(ProblemException.class, () -> {
            while (true) {
                limits.admit(joined.hostId(), ReportLimits.BURST_BYTES / 256).close();
            }
        });
        byte[] large = json(Map.of("never", "x".repeat(900_000)));
        assertThat(withoutDatabase(() -> post(host, TOKEN, large, true)).problem())
                .isEqualTo("too-many-reports");
    }
}
