package io.rebootless.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The page at /docs, as far as it goes without a browser. */
@ExtendWith(SharedServer.class)
class DocsTest {
    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"(docs/[^\"]+)\"");

    private final TestServer server;

    DocsTest(TestServer server) {
        this.server = server;
    }

    @Test
    void the_page_and_all_that_it_loads_come_from_this_server_without_a_key() {
        var page = server.api().get("/docs");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Type")).startsWith("text/html");
        assertThat(page.text()).doesNotContain("http:", "https:", "<style", "onload");
        assertThat(LINK.matcher(page.text()).results().map(found -> found.group(1)))
                .hasSizeGreaterThan(3)
                .allSatisfy(path -> {
                    var part = server.api().get("/" + path);
                    assertThat(part.status()).as(path).isEqualTo(200);
                    assertThat(part.body()).as(path).isNotEmpty();
                });
    }

    @Test
    void no_script_runs_but_this_servers_own_files() {
        String policy = server.api().get("/docs").header("Content-Security-Policy");
        assertThat(policy).contains("default-src 'none'", "script-src 'self';").doesNotContain("script-src 'unsafe");
        assertThat(server.admin().get("/api/v1/hosts").header("Content-Security-Policy"))
                .doesNotContain("script-src");
    }

    @Test
    void the_description_is_the_one_that_is_checked_in() throws IOException {
        assertThat(server.api().get("/docs/openapi.json").text())
                .isEqualTo(Files.readString(Path.of("../docs/openapi.json")));
    }

    @Test
    void nothing_else_of_the_libraries_is_served() {
        assertThat(server.admin().get("/docs/index.css").problem()).isEqualTo("not-found");
        assertThat(server.admin()
                        .get("/docs/swagger-ui-bundle.js/..%2findex.html")
                        .problem())
                .isIn("bad-request", "not-found");
    }
}
