package io.rebootless.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.testing.FakeRoot;
import io.rebootless.agent.testing.LoopbackServer;
import io.rebootless.agent.testing.TestCa;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestPublishers;
import io.rebootless.wire.BuildCoverage;
import io.rebootless.wire.WireJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    private FakeRoot root;
    private Path config;
    private String out = "";
    private final PrintStream realOut = System.out;

    @BeforeEach
    void root() throws IOException {
        root = FakeRoot.in(directory);
        config = root.settings();
    }

    @AfterEach
    void restore() {
        System.setOut(realOut);
    }

    private int run(String... arguments) {
        var bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        var all = new ArrayList<>(List.of("preflight", "--config", config.toString()));
        all.addAll(List.of(arguments));
        int code = AgentCommand.commandLine().execute(all.toArray(String[]::new));
        out = bytes.toString(StandardCharsets.UTF_8);
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
        config = directory.resolve("none/agent.properties");
        assertThat(run("--json")).isIn(0, 1, 2);
        assertThat(WireJson.mapper().readTree(out).get("version").intValue()).isEqualTo(1);
        assertThat(config.getParent()).doesNotExist();
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
                .as("a secret goes there one day")
                .isEqualTo(78);
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
