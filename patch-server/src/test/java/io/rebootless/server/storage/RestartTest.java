package io.rebootless.server.storage;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.settings.BadSettingException;
import io.rebootless.server.testing.EmbeddedOnly;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.FleetHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded PostgreSQL and the data directory, over restarts and kills. */
class RestartTest {
    @TempDir
    Path data;

    @Test
    @EmbeddedOnly
    void everything_is_kept_over_restarts_and_nothing_is_readable_to_others() throws Exception {
        var kernel = Samples.kernel();
        byte[] file = TestBundles.signed(kernel, 1, 0, TestBundles.manifest(1), alice());
        UUID host;
        String adminKey;
        byte[] authority;
        try (var server = TestServer.start(data, List.of())) {
            server.trust("alice", alice());
            assertThat(server.admin().upload(file).status()).isEqualTo(201);
            var enrollment = Samples.enroll(server, kernel, Map.of());
            host = enrollment.hostId();
            server.api()
                    .as(enrollment.token())
                    .put(
                            "/api/v1/agent/report",
                            Samples.report(UUID.randomUUID(), 1, kernel, AgentState.HELD, 0, null));
            adminKey = Files.readString(data.resolve("admin.key"));
            authority = Files.readAllBytes(data.resolve("tls/ca.pem"));
            assertThat(server.jdbc().sql("SHOW fsync").query(String.class).single())
                    .isEqualTo("on");
            assertThatThrownBy(() -> TestServer.start(data, List.of()))
                    .hasRootCauseInstanceOf(BadSettingException.class)
                    .rootCause()
                    .hasMessageContaining("another server runs");
            for (String secret : List.of("admin.key", "tls/ca.key", "tls/server.key", "postgres/password")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(secret))))
                        .as(secret)
                        .isEqualTo("rw-------");
            }
        }
        assertThat(data.resolve("postgres/18/postmaster.pid")).doesNotExist();
        Files.write(data.resolve("bundles/incoming/left.part"), new byte[10]);
        orphan();

        try (var server = TestServer.start(data, List.of("--rebootless.tls.names=patch.example,10.1.2.3"))) {
            assertThat(data.resolve("bundles/incoming/left.part")).doesNotExist();
            assertThat(Files.readString(data.resolve("admin.key"))).isEqualTo(adminKey);
            assertThat(Files.readAllBytes(data.resolve("tls/ca.pem"))).isEqualTo(authority);
            assertThat(server.admin().get("/api/v1/bundles/" + Sha256.of(file)).body())
                    .isEqualTo(file);
            var view = server.admin().get("/api/v1/hosts/" + host).as(FleetHost.class);
            assertThat(view.state()).isEqualTo(AgentState.HELD);
            assertThat(view.lastSeen()).isNotNull();
        }
    }

    /** A postmaster that runs on the data directory while no server does, as after a kill. */
    private void orphan() throws Exception {
        var cluster = new PostgresCluster(PostgresBinaries.unpack(data.resolve("postgres")), data.resolve("postgres"));
        var command = cluster.postmaster(0);
        int port = command.indexOf("-p") + 1;
        try (var socket = new java.net.ServerSocket(0)) {
            command.set(port, "" + socket.getLocalPort());
        }
        new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(data.resolve("orphan.log").toFile())
                .start();
        for (int i = 0; i < 100 && !ready(); i++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertThat(ready()).isTrue();
    }

    private boolean ready() throws Exception {
        Path log = data.resolve("orphan.log");
        return Files.exists(log) && Files.readString(log).contains("ready to accept connections");
    }

    @Test
    void a_setting_out_of_range_ends_the_start_by_its_name() {
        assertThatThrownBy(() -> TestServer.start(data, List.of("--rebootless.trust.threshold=0")))
                .hasRootCauseInstanceOf(BadSettingException.class)
                .rootCause()
                .hasMessage("rebootless.trust.threshold is 0");
    }
}
