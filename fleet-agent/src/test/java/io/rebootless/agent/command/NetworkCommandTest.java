package io.rebootless.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.testing.CommandLineHost;
import io.rebootless.agent.testing.ConnectProxy;
import io.rebootless.agent.testing.FakeRoot;
import io.rebootless.agent.testing.LoopbackServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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

    private CommandLineHost host;
    private FakeRoot root;
    private String out = "";

    @BeforeEach
    void root() throws IOException {
        host = new CommandLineHost(directory);
        root = host.root();
    }

    @AfterEach
    void restore() {
        host.close();
    }

    private int run(String... arguments) {
        int code = host.run(arguments);
        out = host.out();
        return code;
    }

    private int enroll(LoopbackServer server, String key, String... more) {
        int code = host.enroll(server, key, more);
        out = host.out();
        return code;
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
            Path kept = host.config().resolveSibling("proxy-credentials");
            assertThat(host.config())
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
        String before = Files.readString(host.config());
        try (var server = LoopbackServer.start()) {
            assertThat(enroll(server, LoopbackServer.KEY, "--proxy", "http://127.0.0.1:9"))
                    .isEqualTo(69);
            assertThat(out).contains("the proxy http://127.0.0.1:9 cannot be reached");
            assertThat(enroll(server, LoopbackServer.KEY, "--proxy", "http://u:sesame@127.0.0.1:9"))
                    .isEqualTo(64);
            assertThat(out).contains("proxy.credentials.file").doesNotContain("sesame");
            assertThat(enroll(server, LoopbackServer.KEY, "--proxy-credentials-file", "/nowhere"))
                    .isEqualTo(69);
            assertThat(out).contains("/nowhere is not there");
            assertThat(server.requests()).isEmpty();
        }
        assertThat(host.config()).content().isEqualTo(before);
        assertThat(root.state().resolve("token.json")).doesNotExist();
    }

    @Test
    void aLevelComesBackAfterABootThoughThereIsNoWayToTheServer() throws IOException {
        try (var server = LoopbackServer.start()) {
            assertThat(enroll(server, LoopbackServer.KEY)).isZero();
        }
        host.config(root.settings("allow.http=true", "server=http://127.0.0.1:9", "ca=nowhere.pem"));
        assertThat(run("run")).isEqualTo(69);
        assertThat(out).contains("nowhere.pem is not there");
        assertThat(root.state().resolve("state.json"))
                .as("it has looked at the kernel")
                .exists();
    }
}
