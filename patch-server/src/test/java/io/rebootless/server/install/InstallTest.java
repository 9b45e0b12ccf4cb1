package io.rebootless.server.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.servlet.FilterRegistrationBean;

/** What a host without a key gets to be installed from. */
class InstallTest {
    private static final String DEB = "rebootless-agent_0.1.0~git20261128.1_amd64.deb";
    private static final String MODULE = "rebootless-module-6.12.118+deb13-amd64_0.1.0_amd64.deb";

    @TempDir
    static Path data;

    private static TestServer server;
    private static Path directory;

    @BeforeAll
    static void start() throws IOException {
        directory = Files.createDirectories(data.resolve("install.d"));
        Files.writeString(directory.resolve(DEB), "a package");
        Files.writeString(directory.resolve(MODULE), "a module");
        Files.writeString(directory.resolve("notes.txt"), "not for hosts");
        Files.writeString(directory.resolve(".rebootless-agent.deb"), "half");
        Files.createDirectory(directory.resolve("rebootless-folder.deb"));
        Files.createSymbolicLink(directory.resolve("rebootless-link.deb"), data.resolve("admin.key"));
        server = TestServer.start(data, List.of());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Api.Answer get(String name) {
        return server.api().get("/install/" + name);
    }

    private static String line(byte[] content, String name) {
        return Sha256.of(content) + "  " + name + "\n";
    }

    @Test
    void the_script_the_packages_and_their_sums_are_there_without_a_key() throws IOException {
        byte[] script = Files.readAllBytes(Path.of("src/main/resources/install/agent.sh"));
        assertThat(get("agent.sh").text()).isEqualTo(new String(script, StandardCharsets.UTF_8));
        assertThat(get(DEB).text()).isEqualTo("a package");
        assertThat(get(MODULE).text()).isEqualTo("a module");
        assertThat(get("SHA256SUMS").text())
                .isEqualTo(line(script, "agent.sh")
                        + line("a package".getBytes(StandardCharsets.US_ASCII), DEB)
                        + line("a module".getBytes(StandardCharsets.US_ASCII), MODULE));
    }

    @Test
    void nothing_else_is() throws IOException {
        String key = Files.readString(data.resolve("admin.key")).strip();
        assertThat(List.of(
                        "",
                        "notes.txt",
                        ".rebootless-agent.deb",
                        "rebootless-folder.deb",
                        "rebootless-link.deb",
                        "rebootless-none.deb",
                        "..%2fadmin.key",
                        "%2e%2e/admin.key",
                        "rebootless-..%2f..%2fadmin.key.deb",
                        "install/agent.sh"))
                .allSatisfy(name -> {
                    var answer = get(name);
                    assertThat(answer.status()).as(name).isIn(400, 401, 404);
                    assertThat(answer.text()).as(name).doesNotContain(key, "not for hosts", "half");
                });
    }

    @Test
    void a_file_that_was_replaced_has_another_etag_and_sum() throws IOException {
        String name = "rebootless-agent-1-linux-amd64.tar.xz";
        Path file = directory.resolve(name);
        Files.writeString(file, "one");
        String first = get(name).header("ETag");
        assertThat(first).isEqualTo("\"" + Sha256.of("one".getBytes(StandardCharsets.US_ASCII)) + "\"");
        var unchanged =
                server.api().send(server.api().request("/install/" + name).header("If-None-Match", first));
        assertThat(unchanged.status()).isEqualTo(304);

        Files.writeString(directory.resolve("arriving"), "another");
        Files.move(directory.resolve("arriving"), file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(get(name).text()).isEqualTo("another");
        assertThat(get("SHA256SUMS").text())
                .contains(line("another".getBytes(StandardCharsets.US_ASCII), name))
                .doesNotContain(
                        Sha256.of("one".getBytes(StandardCharsets.US_ASCII)).hex());
        Files.delete(file);
        assertThat(get("SHA256SUMS").text()).doesNotContain(name);
    }

    @Test
    void a_broken_download_can_be_resumed() {
        var rest = server.api().send(server.api().request("/install/" + DEB).header("Range", "bytes=2-"));
        assertThat(rest.status()).isEqualTo(206);
        assertThat(rest.text()).isEqualTo("package");
    }

    @Test
    void nobody_puts_anything_there() {
        assertThat(server.admin().delete("/install/" + DEB).status()).isEqualTo(405);
        assertThat(Files.exists(directory.resolve(DEB))).isTrue();
    }

    @Test
    void those_who_take_their_bytes_slowly_hold_up_each_other_and_nobody_else() {
        var downloads = ((DownloadLimit) server.context()
                        .getBean("downloadLimit", FilterRegistrationBean.class)
                        .getFilter())
                .downloads;
        int all = downloads.drainPermits();
        try {
            var refused = get(DEB);
            assertThat(refused.problem()).isEqualTo("too-many-downloads");
            assertThat(refused.header("Retry-After")).isEqualTo("5");
            assertThat(server.api().get("/docs/openapi.json").status()).isEqualTo(429);
            assertThat(server.api().get("/healthz").status()).isEqualTo(200);
            assertThat(get("agent.sh").status()).isEqualTo(200);
            assertThat(get("SHA256SUMS").status()).isEqualTo(200);
        } finally {
            downloads.release(all);
        }
        assertThat(all).isEqualTo(DownloadLimit.MAX_DOWNLOADS);
        for (int more = 0; more <= all; more++) {
            assertThat(get(DEB).text()).as("each gives its place back").isEqualTo("a package");
        }
    }
}
