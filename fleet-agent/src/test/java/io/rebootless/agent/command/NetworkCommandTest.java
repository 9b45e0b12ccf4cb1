package io.rebootless.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.testing.ConnectProxy;
import io.rebootless.agent.testing.FakeRoot;
import io.rebootless.agent.testing.LoopbackServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The way to the server, as the commands take it, write it down and speak of it. */
@ResourceLock(Resources.SYSTEM_OUT)
class NetworkCommandTest {
    @TempDir
    private Path directory;

    private FakeRoot root;
    private Path config;
    private String out = "";
    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private final InputStream realIn = System.in;

    @BeforeEach
    void root() throws IOException {
        root = FakeRoot.in(directory);
        config = root.settings("allow.http=true");
    }

    @AfterEach
    void restore() {
        System.setOut(realOut);
        System.setErr(realErr);
        System.setIn(realIn);
    }

    private int run(String... arguments) {
        var bytes = new ByteArrayOutputStream();
        var stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        System.setOut(stream);
        System.setErr(stream);
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--config", config.toString()));
        int code = AgentCommand.commandLine().execute(all.toArray(String[]::new));
        out = bytes.toString(StandardCharsets.UTF_8);
        assertThat(out).as("never a stack trace").doesNotContain("\tat ");
        return code;
    }

    private int enroll(LoopbackServer server, String key, String... more) {
        System.setIn(new ByteArrayInputStream((key + "\n").getBytes(StandardCharsets.US_ASCII)));
        var arguments =
                new ArrayList<>(List.of("enroll", "--server", server.uri().toString(), "--key-stdin"));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    @Test
    void enrollingThroughAProxyWritesTheWayDownAndNeverThePassword() throws IOException {
        Path credentials = Files.writeString(directory.resolve("credentials"), "agent:sesame\n");
        Files.setPosixFilePermissions(credentials, PosixFilePermissions.fromString("rw-------"));
        try (var proxy = ConnectProxy.start("agent:sesame");
                var server = LoopbackServer.start()) {
            String[] way = {
                "--proxy",
                proxy.uri().toString(),
                "--proxy-credentials-file",
                credentials.toString(),
                "--no-proxy",
                ".local"
            };
            assertThat(enroll(server, LoopbackServer.KEY, way)).isZero();
            assertThat(out).contains("proxy      " + proxy.uri()).doesNotContain("sesame");
            Path kept = config.resolveSibling("proxy-credentials");
            assertThat(config)
                    .content()
                    .contains("proxy=" + proxy.uri() + "\n", "no.proxy=.local\n", "proxy.credentials.file=" + kept)
                    .doesNotContain("sesame");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                    .isEqualTo("rw-------");
            Files.delete(credentials);
            assertThat(run("once")).isEqualTo(3);
            assertThat(proxy.asked()).hasSizeGreaterThanOrEqualTo(2);
            assertThat(server.lastReport().hostname()).isEqualTo("web-1");

            proxy.refuse("403 Forbidden");
            assertThat(run("once")).isEqualTo(69);
            assertThat(run("status")).isEqualTo(3);
            assertThat(out)
                    .contains("✗ server problem, not a patch problem, for ")
                    .contains("answers 403");
        }
    }

    @Test
    void aProxyThatCannotBeUsedLeavesTheHostAsItWas() throws IOException {
        String before = Files.readString(config);
        try (var server = LoopbackServer.start()) {
            assertThat(enroll(server, LoopbackServer.KEY, "--proxy", "http://127.0.0.1:9"))
                    .isEqualTo(69);
            assertThat(out).contains("the proxy http://127.0.0.1:9 cannot be reached");
            assertThat(enroll(server, LoopbackServer.KEY, "--proxy", "http://u:sesame@127.0.0.1:9"))
                    .isEqualTo(78);
            assertThat(out).contains("proxy.credentials.file").doesNotContain("sesame");
            assertThat(enroll(server, LoopbackServer.KEY, "--proxy-credentials-file", "/nowhere"))
                    .isEqualTo(69);
            assertThat(out).contains("/nowhere is not there");
            assertThat(server.requests()).isEmpty();
        }
        assertThat(config).content().isEqualTo(before);
        assertThat(root.state().resolve("token.json")).doesNotExist();
    }

    @Test
    void aLevelComesBackAfterABootThoughThereIsNoWayToTheServer() throws IOException {
        try (var server = LoopbackServer.start()) {
            assertThat(enroll(server, LoopbackServer.KEY)).isZero();
        }
        config = root.settings("allow.http=true", "server=http://127.0.0.1:9", "ca=nowhere.pem");
        assertThat(run("run")).isEqualTo(69);
        assertThat(out).contains("nowhere.pem is not there");
        assertThat(root.state().resolve("state.json"))
                .as("it has looked at the kernel")
                .exists();
    }
}
