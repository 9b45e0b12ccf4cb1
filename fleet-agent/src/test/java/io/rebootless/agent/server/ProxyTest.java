package io.rebootless.agent.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.testing.ConnectProxy;
import io.rebootless.agent.testing.HostileServer;
import io.rebootless.agent.testing.LoopbackServer;
import io.rebootless.agent.testing.TestCa;
import io.rebootless.agent.transport.ProxySettings;
import io.rebootless.agent.transport.Routes;
import io.rebootless.bundle.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real proxy on loopback: what it is asked, what it gets to see, and what is said when it refuses. */
@Timeout(60)
class ProxyTest {
    private static final Timeouts SHORT =
            new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5));
    private static final Sha256 DIGEST = Sha256.of(new byte[] {1});

    @TempDir
    private Path directory;

    private Path credentials;

    @BeforeEach
    void credentials() throws IOException {
        credentials = Files.writeString(directory.resolve("credentials"), "agent:sesame\n");
        Files.setPosixFilePermissions(credentials, PosixFilePermissions.fromString("rw-------"));
    }

    private static Routes through(ConnectProxy proxy, Optional<Path> credentials, String except) {
        return new ProxySettings(Optional.of(proxy.uri().toString()), credentials, Optional.of(except))
                .routes(Map.of());
    }

    private static Answer poll(ServerClient client) throws IOException {
        return client.poll(
                LoopbackServer.TOKEN, Optional.empty(), Optional.empty(), "boot", Optional.empty(), Duration.ZERO);
    }

    private ServerClient client(LoopbackServer server, TestCa ca, Routes routes) throws Exception {
        return new ServerClient(
                server.secureUri(), Tls.of(Optional.of(ca.pem(directory.resolve("ca.pem")))), routes, SHORT, "test");
    }

    @Test
    void httpsGoesThroughATunnelWithBasicAuthenticationAndOneConnection() throws Exception {
        var ca = new TestCa("CN=ours");
        try (var proxy = ConnectProxy.start("agent:sesame");
                var server = new LoopbackServer(ca.server("127.0.0.1"))) {
            var client = client(server, ca, through(proxy, Optional.of(credentials), ""));
            assertThat(poll(client).directive()).isPresent();
            assertThat(poll(client).directive()).isPresent();
            assertThat(proxy.asked())
                    .containsExactly("CONNECT 127.0.0.1:%d HTTP/1.1"
                            .formatted(server.uri().getPort()));
            assertThat(proxy.heads().get(0))
                    .doesNotContain(LoopbackServer.TOKEN)
                    .contains("User-Agent: rebootless-agent/test");
        }
    }

    @Test
    void theServerBehindATunnelDoesNotSeeTheProxysCredentials() throws Exception {
        var ca = new TestCa("CN=ours");
        var socket = ca.context("127.0.0.1")
                .getServerSocketFactory()
                .createServerSocket(0, 5, InetAddress.getLoopbackAddress());
        try (var proxy = ConnectProxy.start("agent:sesame");
                var server = HostileServer.start(
                        socket,
                        (head, out) ->
                                out.write(HostileServer.answer(304, "", "").getBytes(StandardCharsets.US_ASCII)))) {
            var client = new ServerClient(
                    URI.create("https://127.0.0.1:" + server.port()),
                    Tls.of(Optional.of(ca.pem(directory.resolve("ca.pem")))),
                    through(proxy, Optional.of(credentials), ""),
                    SHORT,
                    "test");
            poll(client);
            assertThat(server.requests()).hasSize(1);
            assertThat(server.requests().get(0))
                    .contains("Authorization: Bearer")
                    .doesNotContain("Proxy-", "sesame");
        }
    }

    @Test
    void httpIsForwardedAndTheServerDoesNotSeeTheProxysCredentials() throws Exception {
        try (var proxy = ConnectProxy.start("agent:sesame");
                var server = LoopbackServer.start()) {
            var client = new ServerClient(
                    server.uri(), Tls.publicOnes(), through(proxy, Optional.of(credentials), ""), SHORT, "test");
            assertThat(poll(client).directive()).isPresent();
            assertThat(proxy.asked()).containsExactly("GET %s/api/v1/agent/directive HTTP/1.1".formatted(server.uri()));
        }
    }

    @Test
    void aStoreThatTheServerPointsToIsReachedThroughTheProxyUnlessItIsExempt() throws Exception {
        try (var proxy = ConnectProxy.start();
                var store = HostileServer.saying(HostileServer.answer(200, "", "abc"));
                var server = HostileServer.saying(
                        HostileServer.answer(307, "Location: " + store.uri() + "/blob?signature=x%20y", ""))) {
            for (boolean exempt : new boolean[] {false, true}) {
                String except = exempt ? "127.0.0.1:" + store.port() : "";
                var client = new ServerClient(
                        server.uri(), Tls.publicOnes(), through(proxy, Optional.empty(), except), SHORT, "test");
                try (var download = client.download("secret", DIGEST, 0)) {
                    assertThat(download.body().readAllBytes()).hasSize(3);
                }
            }
            String blob = "GET %s/blob?signature=x%%20y HTTP/1.1".formatted(store.uri());
            assertThat(proxy.asked()).filteredOn(blob::equals).hasSize(1);
            assertThat(proxy.asked()).hasSize(3);
            assertThat(store.requests()).hasSize(2).noneMatch(head -> head.contains("secret"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            403 Forbidden                     | does not let this host connect to 127.0.0.1:%d; allow that there (403 Forbidden)
            502 Bad Gateway                   | cannot reach 127.0.0.1:%d (502 Bad Gateway)
            504                               | cannot reach 127.0.0.1:%d (504)
            302 Found                         | does not connect to 127.0.0.1:%d (302 Found)
            407 Proxy Authentication Required | wants a user and a password (407); name a file with them in proxy.credentials.file
            """)
    void aProxyThatRefusesIsNamedInOneLine(String status, String words) throws Exception {
        var ca = new TestCa("CN=ours");
        try (var proxy = ConnectProxy.start();
                var server = new LoopbackServer(ca.server("127.0.0.1"))) {
            proxy.refuse(status);
            var client = client(server, ca, through(proxy, Optional.empty(), ""));
            assertThatThrownBy(() -> poll(client))
                    .isInstanceOf(UnreachableException.class)
                    .hasMessage("%s cannot be reached: the proxy %s %s"
                            .formatted(
                                    server.secureUri(),
                                    proxy.uri(),
                                    words.formatted(server.uri().getPort())));
        }
    }

    @Test
    void wrongCredentialsUnknownSchemesAndDeadProxiesAreToldApart() throws Exception {
        var ca = new TestCa("CN=ours");
        try (var server = new LoopbackServer(ca.server("127.0.0.1"))) {
            var proxy = ConnectProxy.start("agent:other");
            assertThatThrownBy(() -> poll(client(server, ca, through(proxy, Optional.of(credentials), ""))))
                    .hasMessageContaining("does not take the user and password in %s (407)".formatted(credentials))
                    .hasMessageNotContaining("sesame");
            proxy.refuse("407 No\r\nProxy-Authenticate: Negotiate");
            assertThatThrownBy(() -> poll(client(server, ca, through(proxy, Optional.of(credentials), ""))))
                    .hasMessageContaining("an authentication other than Basic (407 Negotiate)");
            Files.setPosixFilePermissions(credentials, PosixFilePermissions.fromString("rw-r--r--"));
            assertThatThrownBy(() -> poll(client(server, ca, through(proxy, Optional.of(credentials), ""))))
                    .hasMessageContaining("chmod 600");
            proxy.close();
            assertThatThrownBy(() -> poll(client(server, ca, through(proxy, Optional.empty(), ""))))
                    .hasMessageContaining("the proxy %s cannot be reached: Connection refused".formatted(proxy.uri()));
        }
        credentials();
        try (var server = LoopbackServer.start();
                var proxy = ConnectProxy.start("agent:other")) {
            var client = new ServerClient(
                    server.uri(), Tls.publicOnes(), through(proxy, Optional.of(credentials), ""), SHORT, "test");
            assertThatThrownBy(() -> poll(client)).hasMessageContaining("does not take the user and password");
        }
    }
}
