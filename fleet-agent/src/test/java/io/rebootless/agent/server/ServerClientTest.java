package io.rebootless.agent.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.rebootless.agent.testing.LoopbackServer;
import io.rebootless.agent.testing.TestCa;
import io.rebootless.bundle.Sha256;
import io.rebootless.testing.PlainServer;
import io.rebootless.wire.Directive;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerClientTest {
    private static final Sha256 DIGEST = Sha256.of(new byte[] {1});
    private static final Timeouts SHORT =
            new Timeouts(Duration.ofSeconds(2), Duration.ofMillis(500), Duration.ofSeconds(5));

    @TempDir
    private Path directory;

    private final List<HttpServer> servers = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    private URI serve(HttpHandler handler) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", handler);
        server.start();
        servers.add(server);
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private static ServerClient client(URI uri, Optional<Path> ca) throws IOException {
        return new ServerClient(uri, Tls.of(ca), SHORT, "test");
    }

    private static Answer poll(ServerClient client) throws IOException {
        return client.poll(
                LoopbackServer.TOKEN, Optional.empty(), Optional.empty(), "boot", Optional.empty(), Duration.ZERO);
    }

    @Test
    void onlyTheAdministratorsOwnCaVouchesForTheServer() throws Exception {
        var ca = new TestCa("CN=ours");
        var other = new TestCa("CN=theirs");
        try (var server = new LoopbackServer(ca.server("127.0.0.1"))) {
            var uri = URI.create(server.uri().toString().replace("http:", "https:"));
            server.order(new Directive(1, 3, Directive.Order.NONE, null, null));

            var answer = poll(client(uri, Optional.of(ca.pem(directory.resolve("ca.pem")))));
            assertThat(answer.directive().map(Directive::generation)).contains(3L);
            assertThat(answer.next()).contains(Duration.ofSeconds(30));

            for (var stranger :
                    List.of(Optional.of(other.pem(directory.resolve("other.pem"))), Optional.<Path>empty())) {
                assertThatThrownBy(() -> poll(client(uri, stranger)))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("TLS failed")
                        .hasMessageContaining("is not that of its certificate");
            }
        }
    }

    @Test
    void aCertificateForAnotherNameIsNotTheServers() throws Exception {
        var ca = new TestCa("CN=ours");
        try (var server = new LoopbackServer(ca.server("127.0.0.2"))) {
            var uri = URI.create(server.uri().toString().replace("http:", "https:"));
            var client = client(uri, Optional.of(ca.pem(directory.resolve("ca.pem"))));
            assertThatThrownBy(() -> poll(client))
                    .hasMessageContaining("TLS failed: its certificate is not for 127.0.0.1; use a name that it has")
                    .hasMessageContaining("add 127.0.0.1 to rebootless.tls.names")
                    .hasMessageNotContaining("`ca`");
        }
    }

    @Test
    void whoSpeaksTheOtherOfHttpAndHttpsIsToldSo() throws Exception {
        var ca = new TestCa("CN=ours");
        try (var plain = PlainServer.start()) {
            var uri = URI.create("https://127.0.0.1:" + plain.port());
            var client = client(uri, Optional.of(ca.pem(directory.resolve("ca.pem"))));
            assertThatThrownBy(() -> poll(client))
                    .hasMessageContaining("TLS failed: it does not speak HTTPS; is the port right?");
        }
        try (var server = LoopbackServer.start()) {
            server.refuse(400, Map.of(), "Bad Request: this combination of host and port requires TLS.");
            assertThatThrownBy(() -> poll(client(server.uri(), Optional.empty())))
                    .hasMessageContaining("answers 400; if it speaks HTTPS, write https://127.0.0.1:");
        }
    }

    @Test
    void unchangedIsA304() throws IOException {
        try (var server = LoopbackServer.start()) {
            server.order(new Directive(1, 3, Directive.Order.HOLD, null, null));
            var client = client(server.uri(), Optional.empty());
            var first = poll(client);
            var second = client.poll(
                    LoopbackServer.TOKEN,
                    first.etag(),
                    Optional.of("x/1"),
                    "boot",
                    Optional.empty(),
                    Duration.ofSeconds(1));
            assertThat(second.directive()).isEmpty();
        }
    }

    @Test
    void refusalsHaveTheirKindAndWords() throws IOException {
        try (var server = LoopbackServer.start()) {
            var client = client(server.uri(), Optional.empty());
            for (var expected : Map.of(
                            401, ServerException.Kind.UNAUTHORIZED,
                            410, ServerException.Kind.RETIRED,
                            429, ServerException.Kind.BUSY,
                            503, ServerException.Kind.BUSY,
                            500, ServerException.Kind.OTHER,
                            302, ServerException.Kind.OTHER)
                    .entrySet()) {
                server.refuse(expected.getKey(), Map.of("Retry-After", "7"));
                assertThatThrownBy(() -> poll(client)).isInstanceOfSatisfying(ServerException.class, e -> {
                    assertThat(e.kind()).isEqualTo(expected.getValue());
                    assertThat(e.retryAfter()).contains(Duration.ofSeconds(7));
                });
            }
        }
    }

    @Test
    void hugeSlowAndSenselessAnswersAreGivenUp() throws IOException {
        var huge = client(
                serve(exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    byte[] chunk = new byte[64 * 1024];
                    try (var out = exchange.getResponseBody()) {
                        for (int i = 0; i < 100; i++) {
                            out.write(chunk);
                        }
                    }
                }),
                Optional.empty());
        assertThatThrownBy(() -> poll(huge)).hasMessageContaining("more than 1048576 bytes");

        var slow = client(
                serve(exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    for (int i = 0; i < 20; i++) {
                        exchange.getResponseBody().write(' ');
                        exchange.getResponseBody().flush();
                        pause();
                    }
                    exchange.close();
                }),
                Optional.empty());
        assertThatThrownBy(() -> poll(slow)).hasMessageContaining("no answer in time");

        var senseless = client(
                serve(exchange -> {
                    exchange.sendResponseHeaders(200, 2);
                    exchange.getResponseBody().write("[]".getBytes(StandardCharsets.US_ASCII));
                    exchange.close();
                }),
                Optional.empty());
        assertThatThrownBy(() -> poll(senseless)).hasMessageContaining("something else than a Directive");
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aServerThatIsNotThereIsNamed() throws IOException {
        var client = client(URI.create("http://127.0.0.1:9"), Optional.empty());
        assertThatThrownBy(() -> poll(client)).hasMessageContaining("http://127.0.0.1:9 cannot be reached");
    }

    @Test
    void theTokenDoesNotFollowARedirectToAnotherOrigin() throws IOException {
        var seen = new ArrayList<String>();
        var store = serve(exchange -> {
            seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            exchange.sendResponseHeaders(200, 3);
            exchange.getResponseBody().write(new byte[3]);
            exchange.close();
        });
        var server = serve(exchange -> {
            seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            boolean moved = exchange.getRequestURI().getPath().equals("/moved");
            exchange.getResponseHeaders().set("Location", moved ? store + "/blob" : "/moved");
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
        });

        try (var download = client(server, Optional.empty()).download("secret", DIGEST, 0)) {
            assertThat(download.body().readAllBytes()).hasSize(3);
        }
        assertThat(seen).containsExactly("Bearer secret", "Bearer secret", "null");
    }

    @Test
    void redirectsEnd() throws IOException {
        var server = serve(exchange -> {
            exchange.getResponseHeaders().set("Location", "/again");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        assertThatThrownBy(() -> client(server, Optional.empty()).download("secret", DIGEST, 0))
                .isInstanceOf(ServerException.class);
    }

    @Test
    void onlyTheByteAskedForIsResumedFrom() throws IOException {
        var server = serve(exchange -> {
            exchange.getResponseHeaders().set("Content-Range", "bytes 5-9/10");
            exchange.sendResponseHeaders(206, 5);
            exchange.getResponseBody().write(new byte[5]);
            exchange.close();
        });
        assertThatThrownBy(() -> client(server, Optional.empty()).download("secret", DIGEST, 4))
                .hasMessageContaining("another byte");
    }

    @Test
    void namesOfLiftedQuarantinesAreTakenAndEverythingElseIsPassedOver() {
        var one = new UUID(1, 2);
        var other = new UUID(3, 4);
        assertThat(Answer.names(null)).isEmpty();
        assertThat(Answer.names("")).isEmpty();
        assertThat(Answer.names(one + "," + other)).containsExactlyInAnyOrder(one, other);
        assertThat(Answer.names(" %s , %s, %s,all,1-1-1-1-1,*".formatted(one, one, other)))
                .containsExactlyInAnyOrder(one, other);
    }
}
