package io.rebootless.server.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.EmbeddedOnly;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** On a server of its own, whose parts are taken away and given back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadinessTest {
    private static final long PATIENCE_SECONDS = 60;

    private TestServer server;
    private Path data;

    @BeforeAll
    void start(@TempDir Path directory) {
        data = directory;
        server = TestServer.start(data, List.of());
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void a_stranger_learns_one_word_and_so_does_a_host() {
        var host = Samples.enroll(server, Samples.kernel(), Map.of());
        for (Api caller : List.of(server.api(), server.api().as(host.token()))) {
            for (String path : List.of("/healthz", "/healthz/live", "/healthz/ready")) {
                var answer = caller.get(path);
                assertThat(answer.status()).as(path).isEqualTo(200);
                assertThat(answer.text()).doesNotContain("database", "bundles", "server", "details");
            }
        }
    }

    @Test
    void a_viewer_is_told_which_part_it_is() {
        String key = server.admin()
                .post("/api/v1/api-keys", Map.of("name", "v " + UUID.randomUUID(), "role", "viewer"))
                .json()
                .get("key")
                .stringValue();
        var parts = server.api()
                .as(key)
                .get("/healthz/ready")
                .json()
                .get("components")
                .get("server")
                .get("details");
        assertThat(parts.get("database").stringValue()).isEqualTo("ok");
        assertThat(parts.get("bundles").stringValue()).isEqualTo("ok");
        assertThat(parts.get("catalogue").stringValue()).isEqualTo("ok");
        assertThat(parts.get("link").stringValue()).isEqualTo("ok");
    }

    @Test
    @EmbeddedOnly
    void a_database_that_hangs_makes_it_unready_but_not_dead_and_it_comes_back() throws Exception {
        var postgres = ProcessHandle.of(Long.parseLong(Files.readAllLines(data.resolve("postgres/18/postmaster.pid"))
                        .get(0)))
                .orElseThrow();
        var processes =
                Stream.concat(Stream.of(postgres), postgres.descendants()).toList();
        try {
            for (ProcessHandle process : processes) {
                signal("STOP", process);
            }
            await(503);
            assertThat(server.api().get("/healthz").status()).isEqualTo(503);
            assertThat(server.api().get("/healthz/live").status()).isEqualTo(200);
            assertThat(server.api().get("/healthz/ready").text()).doesNotContain("database");
        } finally {
            for (ProcessHandle process : processes) {
                signal("CONT", process);
            }
        }
        await(200);
    }

    @Test
    void a_schema_that_is_older_than_the_server_makes_it_unready() throws Exception {
        server.jdbc().sql("UPDATE flyway_schema_history SET success = false").update();
        try {
            await(503);
            assertThat(database()).contains("schema");
        } finally {
            server.jdbc().sql("UPDATE flyway_schema_history SET success = true").update();
        }
        await(200);
    }

    @Test
    void a_store_that_cannot_be_written_makes_it_unready() throws Exception {
        // Root may write anywhere; nobody writes a file where a directory is.
        Path probe = data.resolve("bundles/.writable");
        Files.delete(probe);
        Files.createDirectory(probe);
        await(503);
        Files.delete(probe);
        await(200);
    }

    private String database() {
        return server.admin()
                .get("/healthz/ready")
                .json()
                .get("components")
                .get("server")
                .get("details")
                .get("database")
                .stringValue();
    }

    private static void signal(String name, ProcessHandle process) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    private void await(int status) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (server.api().get("/healthz/ready").status() != status) {
            assertThat(System.nanoTime()).as("waiting for %d", status).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }
}
