package io.rebootless.agent.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.server.Answer;
import io.rebootless.agent.server.ServerClient;
import io.rebootless.agent.server.Timeouts;
import io.rebootless.agent.server.Tls;
import io.rebootless.agent.testing.HostileServer;
import io.rebootless.agent.testing.LoopbackServer;
import io.rebootless.agent.testing.TestCa;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real sockets on loopback. Every test ends by a time-out of the transport's, never of the test's. */
@Timeout(60)
class TransportTest {
    private static final Duration SHORT = Duration.ofMillis(600);

    /** Where an answer comes, on a machine that is busy with other things. */
    private static final Duration LONG = Duration.ofSeconds(20);

    private static final SSLSocketFactory TLS = (SSLSocketFactory) SSLSocketFactory.getDefault();
    private static final Names.Lookup LOOKUP = InetAddress::getAllByName;

    @TempDir
    private Path directory;

    private static Transport transport(URI home, Names.Lookup lookup) throws IOException {
        return new Transport(Origin.of(home), Routes.direct(), SHORT, "test", lookup);
    }

    private static String get(Transport transport, URI target) throws IOException {
        try (var reply = transport.exchange(Request.get(target, Map.of()), TLS, LONG, LONG, LONG)) {
            return reply.status() + " " + new String(reply.body().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String get(URI target) throws IOException {
        return get(transport(target, LOOKUP), target);
    }

    private static void hold() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    @Test
    void bodiesByLengthInChunksAndToTheEndOfTheConnection() throws IOException {
        for (String answer : List.of(
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.0 200\r\ncontent-length:5\r\n\r\nhello and more than was announced",
                "HTTP/1.1 200 OK\nConnection: close\n\nhello",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2;a=b\r\nhe\r\n03\r\nllo\r\n0\r\nTrailer: x\r\n\r\n")) {
            try (var server = HostileServer.saying(answer)) {
                assertThat(get(server.uri())).as(answer).isEqualTo("200 hello");
            }
        }
    }

    @Test
    void aConnectionThatIsKeptIsNotClosedByTheAlarmOfTheExchangeBefore() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
            var line = new Line(socket, socket, Optional.empty());
            byte[] answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            var head = Head.read(new ByteArrayInputStream(answer));
            var alarm = Alarm.in(SHORT);
            alarm.guard(line);
            var kept = new AtomicInteger();
            new Reply(head, Body.after(head, line.in()), line, alarm, whole -> {
                        kept.incrementAndGet();
                        LockSupport.parkNanos(SHORT.multipliedBy(3).toNanos());
                    })
                    .close();
            assertThat(kept).hasValue(1);
            assertThat(socket.isClosed()).isFalse();
        }
    }

    @Test
    void aConnectionIsUsedAgainUntilTheServerHasClosedIt() throws Exception {
        var answered = new AtomicInteger();
        try (var server = HostileServer.start((head, out) -> {
            // Two answers to the first request: the second is nobody's, and must not be taken for the next one's.
            String body = "n" + answered.incrementAndGet();
            String answer = HostileServer.answer(200, "", body);
            out.write((answer + (answered.get() == 1 ? HostileServer.answer(200, "", "xx") : ""))
                    .getBytes(StandardCharsets.US_ASCII));
        })) {
            var transport = transport(server.uri(), LOOKUP);
            assertThat(get(transport, server.uri())).isEqualTo("200 n1");
            assertThat(get(transport, server.uri())).isEqualTo("200 n2");
            assertThat(get(transport, server.uri()))
                    .as("closed meanwhile, so made anew")
                    .isEqualTo("200 n3");
        }
        try (var server = LoopbackServer.start()) {
            var transport = transport(server.uri(), LOOKUP);
            for (int i = 0; i < 5; i++) {
                assertThat(get(transport, server.uri())).startsWith("401");
            }
            assertThat(server.connections()).hasSize(1);
        }
    }

    @Test
    void aServerThatClosesEveryConnectionIsAskedOnceAtATime() throws IOException {
        try (var server = HostileServer.start((head, out) -> {})) {
            var transport = transport(server.uri(), LOOKUP);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> get(transport, server.uri())).hasMessageContaining("closed without an answer");
            }
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void aServerThatTakesNothingDoesNotHoldAWriteUp() throws IOException {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var uri = URI.create("http://127.0.0.1:" + silent.getLocalPort());
            var request = new Request("PUT", uri, Map.of(), Optional.of(new byte[32 * 1024 * 1024]));
            assertThatThrownBy(() -> transport(uri, LOOKUP).exchange(request, TLS, SHORT, SHORT, SHORT))
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessageContaining("no answer in time");
        }
    }

    @Test
    void aHandshakeThatHangsOrDripsEnds() throws Exception {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var uri = URI.create("https://127.0.0.1:" + silent.getLocalPort());
            assertThatThrownBy(() -> get(uri)).isInstanceOf(SocketTimeoutException.class);
        }
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var dripping = new Thread(() -> {
                try (var connection = silent.accept()) {
                    // A record of 16 kB is announced; each byte comes before any single read would time out.
                    connection.getOutputStream().write(new byte[] {22, 3, 3, 0x40, 0});
                    while (true) {
                        connection.getOutputStream().write(2);
                        Thread.sleep(100);
                    }
                } catch (IOException | InterruptedException e) {
                    // The agent has hung up.
                }
            });
            dripping.setDaemon(true);
            dripping.start();
            var uri = URI.create("https://127.0.0.1:" + silent.getLocalPort());
            assertThatThrownBy(() -> get(uri)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void nameServersThatHangAreNotWaitedForAndNotAskedTwice() throws Exception {
        var asked = new AtomicInteger();
        var answer = new CountDownLatch(1);
        var transport = transport(URI.create("http://patch.test"), host -> {
            asked.incrementAndGet();
            try {
                answer.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        });
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> get(transport, URI.create("http://patch.test:1")))
                    .hasMessageContaining("name servers do not say in time what the address of patch.test is");
        }
        assertThat(asked).hasValue(1);
        answer.countDown();
        assertThatThrownBy(() -> get(transport, URI.create("http://patch.test:1")))
                .hasMessageContaining("refused");
    }

    @Test
    void aDeadFirstAddressIsPassedOver() throws Exception {
        try (var server = HostileServer.start((head, out) -> out.write(
                        HostileServer.answer(200, "Connection: close", "alive").getBytes(StandardCharsets.US_ASCII)));
                var full = new ServerSocket(server.port(), 1, InetAddress.getByName("127.0.0.2"))) {
            var waiting = new ArrayList<Socket>();
            try {
                fill(full, waiting);
                var lookups = new ArrayList<String>();
                var transport = transport(server.uri(), host -> {
                    lookups.add(host);
                    // The first takes no connection at all, the second refuses it.
                    return new InetAddress[] {
                        InetAddress.getByName("127.0.0.2"),
                        InetAddress.getByName("127.0.0.3"),
                        InetAddress.getByName("127.0.0.1")
                    };
                });
                var uri = URI.create("http://patch.test:" + server.port());
                assertThat(get(transport, uri)).isEqualTo("200 alive");
                assertThat(lookups).containsExactly("patch.test");

                var dead = transport(server.uri(), host ->
                        new InetAddress[] {InetAddress.getByName("127.0.0.2"), InetAddress.getByName("127.0.0.3")});
                assertThatThrownBy(() -> get(dead, uri))
                        .hasMessageContaining("127.0.0.2: no answer in time")
                        .hasMessageContaining("127.0.0.3: Connection refused");
            } finally {
                for (var socket : waiting) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void theAddressThatWorkedComesFirstAsLongAsItIsOneOfThem() throws Exception {
        var first = InetAddress.getByName("127.0.0.2");
        var second = InetAddress.getByName("127.0.0.3");
        var names =
                new Names(host -> host.equals("moved") ? new InetAddress[] {first} : new InetAddress[] {first, second});
        assertThat(names.of("patch.test", LONG)).containsExactly(first, second);
        names.worked(second);
        assertThat(names.of("patch.test", LONG)).containsExactly(second, first);
        assertThat(names.of("moved", LONG)).containsExactly(first);
    }

    /** Until the kernel drops what comes: then the address is as dead as one behind a firewall. */
    private static void fill(ServerSocket full, List<Socket> waiting) throws IOException {
        for (int i = 0; i < 10; i++) {
            var socket = new Socket();
            waiting.add(socket);
            try {
                socket.connect(new InetSocketAddress(full.getInetAddress(), full.getLocalPort()), 200);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
    }

    @Test
    void anAddressOfIpv6AndANameThatHasNoOther() throws Exception {
        try (var server = HostileServer.start(
                "::1",
                (head, out) -> out.write(HostileServer.answer(200, "", "six").getBytes(StandardCharsets.US_ASCII)))) {
            assertThat(get(server.uri())).isEqualTo("200 six");
            assertThat(server.requests().get(0)).contains("\r\nHost: [0:0:0:0:0:0:0:1]:" + server.port() + "\r\n");
            var only = transport(server.uri(), host -> new InetAddress[] {InetAddress.getByName("::1")});
            assertThat(get(only, URI.create("http://patch.test:" + server.port())))
                    .isEqualTo("200 six");
        }
    }

    @Test
    void aServerWithACertificateForItsIpv6Address() throws Exception {
        var ca = new TestCa("CN=ours");
        var trusted = Tls.of(Optional.of(ca.pem(directory.resolve("ca.pem"))));
        for (String certified : List.of("::1", "127.0.0.1")) {
            var socket = ca.context(certified)
                    .getServerSocketFactory()
                    .createServerSocket(0, 5, InetAddress.getByName("::1"));
            try (var server = HostileServer.start(
                    socket,
                    (head, out) -> out.write(HostileServer.answer(304, "", "").getBytes(StandardCharsets.US_ASCII)))) {
                var uri = URI.create("https://[::1]:" + server.port());
                var client = new ServerClient(uri, trusted, Timeouts.STANDARD, "test");
                if (certified.equals("::1")) {
                    assertThat(poll(client).directive()).isEmpty();
                } else {
                    assertThatThrownBy(() -> poll(client)).hasMessageContaining("TLS failed");
                }
            }
        }
    }

    private static Answer poll(ServerClient client) throws IOException {
        return client.poll(
                LoopbackServer.TOKEN, Optional.empty(), Optional.empty(), "boot", Optional.empty(), Duration.ZERO);
    }

    @Test
    void aHangingPollIsWaitedForAndNothingElseIs() throws Exception {
        try (var server = HostileServer.start((head, out) -> hold())) {
            long before = System.nanoTime();
            var request = Request.get(server.uri(), Map.of());
            assertThatThrownBy(() -> transport(server.uri(), LOOKUP).exchange(request, TLS, SHORT, LONG, LONG))
                    .isInstanceOf(SocketTimeoutException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(SHORT, LONG);
        }
    }

    @Test
    void nothingThatWasReadSomewhereAddsALineToARequest() throws Exception {
        try (var server = HostileServer.saying(HostileServer.answer(200, "", ""))) {
            var request = Request.get(server.uri(), Map.of("If-None-Match", "x\r\nEvil: secret"));
            assertThatThrownBy(() -> transport(server.uri(), LOOKUP).exchange(request, TLS, SHORT, SHORT, SHORT))
                    .hasMessageContaining("no request may hold")
                    .hasMessageNotContaining("secret");
            assertThat(server.requests()).isEmpty();
        }
    }
}
