package io.rebootless.agent.cycle;

import static io.rebootless.agent.testing.HostileContract.drip;
import static io.rebootless.agent.testing.HostileContract.endless;
import static io.rebootless.agent.testing.HostileContract.write;
import static io.rebootless.agent.testing.HostileServer.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.testing.HostileContract;
import io.rebootless.agent.testing.HostileServer;
import io.rebootless.agent.testing.HostileServer.Behaviour;
import io.rebootless.agent.testing.TestHost;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestPublishers;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Directive;
import io.rebootless.wire.WireJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever comes instead of the bundle that was ordered, {@link HostileContract} holds. */
@Timeout(120)
class HostileDownloadTest {
    private static final Map<String, Behaviour> DOWNLOADS = new TreeMap<>();

    @TempDir
    private Path directory;

    private final byte[] ordered = TestBundles.signed(2, TestPublishers.alice());
    private HostileContract contract;

    static {
        delivers("hangs up", "");
        delivers("has lost it", answer(404, "", ""));
        delivers("fails", answer(500, "Content-Type: text/html", "<h1>no</h1>"));
        delivers("is a portal", answer(200, "Content-Type: text/html", "<!doctype html><h1>Log in</h1>"));
        delivers("sends one byte more", answer(200, "", "x".repeat(200_000)));
        delivers("sends zipped bytes", answer(200, "Content-Encoding: gzip", "x"));
        delivers("sends another part", answer(206, "Content-Range: bytes 5-9/10", "xxxxx"));
        delivers("sends a part of nothing", answer(206, "Content-Range: bytes -1--2/-3", "xxxxx"));
        delivers("cannot satisfy the range", answer(416, "", ""));
        delivers("redirects in a circle", answer(302, "Location: ?again", ""));
        delivers("redirects to a file", answer(302, "Location: file:///etc/shadow", ""));
        delivers("redirects to gopher", answer(302, "Location: gopher://x/", ""));
        delivers("redirects to nowhere", answer(302, "", ""));
        delivers("redirects to no address", answer(302, "Location: http://[", ""));
        DOWNLOADS.put("sends without an end", (head, out) -> {
            write(out, "HTTP/1.1 200 OK\r\n\r\n");
            endless(out);
        });
        DOWNLOADS.put("sends byte by byte", (head, out) -> {
            write(out, "HTTP/1.1 200 OK\r\n\r\n");
            drip(out, "x".repeat(500));
        });
        DOWNLOADS.put("stops in the middle", (head, out) -> {
            write(out, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nxxxx");
            new CountDownLatch(1).await();
        });
    }

    private static void delivers(String name, String bytes) {
        DOWNLOADS.put(name, (head, out) -> write(out, bytes));
    }

    static Stream<String> downloads() {
        return DOWNLOADS.keySet().stream();
    }

    @BeforeEach
    void aHostWithALevelInForce() throws Exception {
        contract = new HostileContract(directory);
    }

    @AfterEach
    void close() {
        contract.close();
    }

    @ParameterizedTest(name = "a server that {0}")
    @MethodSource("downloads")
    void aDownloadFrom(String what) throws Exception {
        var reference = TestHost.reference(ordered);
        String order = WireJson.mapper().writeValueAsString(new Directive(1, 9, Directive.Order.RUN, reference, null));
        try (var server = HostileServer.start((head, out) -> {
            if (head.contains(AgentProtocol.BUNDLES)) {
                DOWNLOADS.get(what).answer(head, out);
            } else {
                write(out, head.contains(AgentProtocol.DIRECTIVE) ? answer(200, "", order) : answer(500, "", ""));
            }
        })) {
            contract.round(server);

            assertThat(contract.host().state().look().standing().state()).isIn(AgentState.FAILED, AgentState.REFUSED);
            assertThat(server.requests())
                    .filteredOn(head -> head.contains(AgentProtocol.BUNDLES))
                    .hasSizeBetween(1, 4);
            assertThat(contract.trouble().what()).isNotBlank();
        }
        contract.unharmed(ordered.length);
    }

    @Test
    void aServerThatDeliversPartsOfEverNewBundlesDoesNotFillTheDisk() throws Exception {
        for (int level = 2; level < 8; level++) {
            var reference = TestHost.reference(TestBundles.signed(level, TestPublishers.alice()));
            var order = new Directive(1, level + 10, Directive.Order.RUN, reference, null);
            String directive = WireJson.mapper().writeValueAsString(order);
            try (var server = HostileServer.start((head, out) -> write(
                    out,
                    head.contains(AgentProtocol.BUNDLES)
                            ? "HTTP/1.1 200 OK\r\n\r\n" + "x".repeat((int) reference.size() - 1)
                            : answer(200, "", directive)))) {
                contract.round(server);
            }
        }
        try (var files = Files.list(contract.host().state().bundles())) {
            assertThat(files.toList()).hasSize(2);
        }
        contract.unharmed(2L * ordered.length);
    }

    @Test
    void aDownloadThatBreaksOffAgainAndAgainIsGoneOnWithUntilItIsWhole() throws Exception {
        var reference = TestHost.reference(ordered);
        String order = WireJson.mapper().writeValueAsString(new Directive(1, 9, Directive.Order.RUN, reference, null));
        int piece = ordered.length / 3;
        try (var server = HostileServer.start((head, out) -> {
            if (!head.contains(AgentProtocol.BUNDLES)) {
                write(out, head.contains(AgentProtocol.DIRECTIVE) ? answer(200, "", order) : answer(500, "", ""));
                return;
            }
            int from = head.lines()
                    .filter(line -> line.startsWith("Range: bytes="))
                    .map(line -> Integer.parseInt(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
            write(
                    out,
                    "HTTP/1.1 %s\r\nContent-Range: bytes %d-%d/%d\r\nContent-Length: %d\r\n\r\n"
                            .formatted(
                                    from == 0 ? "200 OK" : "206 Part",
                                    from,
                                    ordered.length - 1,
                                    ordered.length,
                                    ordered.length - from));
            out.write(ordered, from, Math.min(piece, ordered.length - from));
        })) {
            var patrol = contract.host().patrolAt(server.uri(), HostileContract.SHORT);
            int rounds = 0;
            while (patrol.once().state() != AgentState.SETTLED) {
                assertThat(++rounds).isLessThan(6);
                assertThat(contract.trouble().what()).contains("the bundle is not delivered", "breaks off");
                assertThat(contract.host().kernel().state().level()).isEqualTo(1);
            }
            assertThat(server.requests())
                    .filteredOn(head -> head.contains(AgentProtocol.BUNDLES))
                    .as("no byte is fetched twice")
                    .hasSizeBetween(3, 4);
        }
        assertThat(contract.host().kernel().state().level()).isEqualTo(2);
    }
}
