package io.rebootless.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.testing.CommandLineHost;
import io.rebootless.agent.testing.FakeRoot;
import io.rebootless.agent.testing.LoopbackServer;
import io.rebootless.agent.testing.TestCa;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestPublishers;
import io.rebootless.wire.BuildCoverage;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import tools.jackson.databind.JsonNode;

/** {@code preflight} as people and scripts call it. */
@ResourceLock(Resources.SYSTEM_OUT)
class PreflightCommandTest {
    @TempDir
    private Path directory;

    private CommandLineHost host;
    private FakeRoot root;
    private String out = "";

    @BeforeEach
    void root() throws IOException {
        host = new CommandLineHost(directory, new String[0]);
        root = host.root();
    }

    @AfterEach
    void restore() {
        host.close();
    }

    private int run(String... arguments) {
        int code = host.run(
                Stream.concat(Stream.of("preflight"), Stream.of(arguments)).toArray(String[]::new));
        out = host.out();
        return code;
    }

    private JsonNode check(String name) {
        for (JsonNode one : WireJson.mapper().readTree(out).get("checks")) {
            if (one.get("check").stringValue().equals(name)) {
                return one;
            }
        }
        throw new AssertionError(name + " is not in " + out);
    }

    @Test
    void itWorksWithoutSettingsAndWritesNone() {
        host.config(directory.resolve("none/agent.properties"));
        assertThat(run("--json")).isIn(0, 1, 2);
        assertThat(WireJson.mapper().readTree(out).get("version").intValue()).isEqualTo(1);
        assertThat(host.config().getParent()).doesNotExist();
    }

    @Test
    void whatIsInTheWayIsExitCode2WithTheRemedyUnderIt() throws IOException {
        root.file("proc/sys/kernel/modules_disabled", "1");
        assertThat(run()).isEqualTo(2);
        assertThat(out)
                .containsPattern("✗ modules-disabled +kernel.modules_disabled=1.*\n +→ Take the setting out")
                .contains("blocked: as it is, this host cannot be patched");
        assertThat(run("--json")).isEqualTo(2);
        assertThat(WireJson.mapper().readTree(out).get("verdict").stringValue()).isEqualTo("blocked");
        assertThat(check("modules-disabled").get("outcome").stringValue()).isEqualTo("blocked");
        assertThat(root.state()).doesNotExist();
    }

    @Test
    void theServerIsAskedOnceWithoutAToken() throws Exception {
        var ca = new TestCa("CN=ours");
        try (var server = new LoopbackServer(ca.server("127.0.0.1"))) {
            String uri = server.secureUri().toString();
            String pem = ca.pem(directory.resolve("ca.pem")).toString();
            server.cover(new BuildCoverage(1, BuildCoverage.Coverage.COVERED, 5L));
            run("--json", "--server", uri, "--ca", pem);
            assertThat(check("coverage").get("found").stringValue()).isEqualTo("a bundle is published, level 5");
            assertThat(check("server").get("found").stringValue()).startsWith(uri + " answered in ");
            assertThat(server.requests()).containsExactly("GET /api/v1/agent/coverage");

            assertThat(run("--json", "--server", uri)).isEqualTo(2);
            assertThat(check("server").get("found").stringValue()).contains("by no authority known here");
            assertThat(check("coverage").get("outcome").stringValue()).isEqualTo("unseen");

            server.refuse(429, Map.of("Retry-After", "1"));
            run("--json", "--server", uri, "--ca", pem);
            assertThat(check("coverage").get("remedy").stringValue()).contains("again in a minute");
        }
    }

    @Test
    void anOlderServerIsReachedAndDoesNotSay() {
        try (var server = LoopbackServer.start()) {
            run("--json", "--server", server.uri().toString(), "--allow-http");
            assertThat(check("server").get("outcome").stringValue()).isEqualTo("ready");
            assertThat(check("coverage").get("outcome").stringValue()).isEqualTo("unseen");
        }
        assertThat(run("--server", "http://patch.example"))
                .as("a secret goes there one day; a wrong command line, as enroll has it")
                .isEqualTo(64);
    }

    @Test
    void aBundleIsComparedWithThisHost() throws IOException {
        Path file = Files.write(directory.resolve("fix.rlb"), TestBundles.signed(4, TestPublishers.alice()));
        run("--json", "--bundle", file.toString());
        assertThat(check("bundle").get("found").stringValue()).startsWith("level 4 for this kernel");
        assertThat(run("--json", "--bundle", directory.resolve("none.rlb").toString()))
                .isEqualTo(2);
        assertThat(check("bundle").get("found").stringValue()).contains("it is not there");
        Files.writeString(file, "no bundle at all");
        assertThat(run("--json", "--bundle", file.toString())).isEqualTo(2);
    }

    @Test
    void helpSaysWhatTheExitCodesMeanHere() {
        assertThat(run("--help")).isZero();
        assertThat(out)
                .contains("ready: this host can be patched", "cannot be patched", "--bundle")
                .doesNotContain("held");
    }
}
