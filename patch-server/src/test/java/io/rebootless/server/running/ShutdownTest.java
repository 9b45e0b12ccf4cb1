package io.rebootless.server.running;

import static io.rebootless.testing.TestPublishers.alice;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.ServerProgram;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.EnrollmentKey;
import io.rebootless.wire.EnrollmentKeyRequest;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code systemctl stop} while the server is at work. */
class ShutdownTest {
    private static final int SIGTERM = 128 + 15;

    @TempDir
    Path folder;

    @Test
    void what_is_under_way_ends_well_nothing_new_begins_and_the_database_is_closed() throws Exception {
        Path data = folder.resolve("data");
        Files.createDirectory(data);
        byte[] file = TestBundles.signed(Samples.kernel(), 1, 0, TestBundles.manifest(1), alice());
        try (var server = ServerProgram.start(data, List.of("--spring.lifecycle.timeout-per-shutdown-phase=100s"))) {
            server.trust("alice", alice());
            var kernel = Samples.kernel();
            var journal = UUID.randomUUID();
            var host = server.api().as(enroll(server, kernel));
            host.put("/api/v1/agent/report", Samples.report(journal, 1, kernel, AgentState.IDLE, 0, null));
            String etag = host.get("/api/v1/agent/directive").header("ETag");
            var poll = host.sendLater(host.request("/api/v1/agent/directive")
                    .header("If-None-Match", etag)
                    .header(AgentProtocol.REPORT_ACKNOWLEDGED, journal + "/1")
                    .header("Prefer", "wait=50"));
            String head =
                    "POST /api/v1/bundles HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n"
                            .formatted(server.admin().key(), file.length);
            try (var upload = server.api().connect(head)) {
                upload.setSoTimeout(100_000);
                upload.getOutputStream().write(file, 0, file.length / 2);
                upload.getOutputStream().flush();
                awaitArriving(data);

                server.terminate();

                assertThat(poll.get(60, TimeUnit.SECONDS).status()).isEqualTo(304);
                awaitRefused(server.port());
                assertThat(server.running()).isTrue();
                upload.getOutputStream().write(file, file.length / 2, file.length - file.length / 2);
                upload.getOutputStream().flush();
                byte[] answer = new byte["HTTP/1.1 201".length()];
                upload.getInputStream().readNBytes(answer, 0, answer.length);
                assertThat(new String(answer, US_ASCII)).as(server.log()).isEqualTo("HTTP/1.1 201");
            }
            assertThat(server.awaitExit()).isEqualTo(SIGTERM);
            assertThat(server.log()).contains("stopping: the process was sent SIGTERM; nothing new is taken");
        }
        Path postgres = data.resolve("postgres");
        if (Files.exists(postgres.resolve("postgres.log"))) {
            assertThat(Files.readString(postgres.resolve("postgres.log"), UTF_8))
                    .endsWith("database system is shut down\n");
            assertThat(postgres.resolve("18/postmaster.pid")).doesNotExist();
        }
        try (var server = TestServer.start(data, List.of())) {
            assertThat(server.admin().get("/api/v1/bundles/" + Sha256.of(file)).body())
                    .isEqualTo(file);
        }
    }

    private static String enroll(ServerProgram server, KernelBuild kernel) throws Exception {
        String key = server.admin()
                .post("/api/v1/enrollment-keys", new EnrollmentKeyRequest("test", 1, 1, Map.of()))
                .as(EnrollmentKey.class)
                .key();
        return server.api()
                .post("/api/v1/agent/enroll", Samples.request(key, "host", kernel))
                .as(Enrollment.class)
                .token();
    }

    private static void awaitArriving(Path data) throws Exception {
        await("the upload", () -> {
            try (var files = Files.list(data.resolve("bundles/incoming"))) {
                return files.findAny().isPresent();
            }
        });
    }

    private static void awaitRefused(int port) throws Exception {
        await("being refused", () -> {
            var socket = new Socket();
            try (socket) {
                socket.connect(new InetSocketAddress("localhost", port));
                return false;
            } catch (ConnectException refused) {
                return true;
            }
        });
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("waiting for %s", what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }
}
