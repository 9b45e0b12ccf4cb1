package io.rebootless.agent.cycle;

import static io.rebootless.agent.testing.HostileContract.drip;
import static io.rebootless.agent.testing.HostileContract.endless;
import static io.rebootless.agent.testing.HostileContract.write;
import static io.rebootless.agent.testing.HostileServer.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.testing.HostileContract;
import io.rebootless.agent.testing.HostileServer;
import io.rebootless.agent.testing.HostileServer.Behaviour;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a server answers to a poll, {@link HostileContract} holds, and the orders are those from before. */
@Timeout(120)
class HostilePollTest {
    private static final Map<String, Behaviour> POLLS = new TreeMap<>();

    /** One host for all of them: what they leave behind does not add up either. */
    private static HostileContract contract;

    @BeforeAll
    static void aHostWithALevelInForce(@TempDir Path directory) throws Exception {
        contract = new HostileContract(directory);
    }

    @AfterAll
    static void close() {
        contract.close();
    }

    static {
        says("hangs up", "");
        says("is an SSH server", "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
        says("speaks HTTP/2", "HTTP/2 200\r\n\r\n");
        says("has a status of its own", "HTTP/1.1 999 Yes\r\n\r\n");
        says("breaks off in the status line", "HTTP/1.1 2");
        says("breaks off in the headers", "HTTP/1.1 200 OK\r\nContent-Le");
        says("has a header without a colon", "HTTP/1.1 200 OK\r\nwhat\r\n\r\n");
        says("folds headers", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n");
        says("hides a line in a header", "HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n");
        says("has a thousand headers", "HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(1000) + "\r\n");
        says("switches protocols", "HTTP/1.1 101 Switching Protocols\r\n\r\n");
        says("has a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}");
        says("has a length in words", "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}");
        says("has two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}");
        says("has a length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}");
        says("has an encoding of its own", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n{}");
        says("has a length beyond all numbers", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}");
        says("announces more than it sends", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + directive(9, ""));
        says("announces less than it sends", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + directive(9, ""));
        says("announces 16 GB", "HTTP/1.1 200 OK\r\nContent-Length: 17179869184\r\n\r\n" + " ".repeat(4096));
        says("has garbage for a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}");
        says("has a chunk without an end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n{}");
        says("has a huge chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1FFFFFFFFF\r\n{}");
        says("zips without being asked", answer(200, "Content-Encoding: gzip", "\u001f\u008b\b\0\0"));
        says("is a portal", answer(200, "Content-Type: text/html; charset=utf-8", "<!doctype html><h1>Log in</h1>"));
        says("is an XML service", answer(200, "Content-Type: text/xml", "<?xml version=\"1.0\"?><no/>"));
        says("says nothing", answer(200, "Content-Type: application/json", ""));
        says("says null", answer(200, "", "null"));
        says("says a list", answer(200, "", "[]"));
        says("says more than one thing", answer(200, "", directive(9, "") + directive(10, "")));
        says("nests 100,000 deep", answer(200, "", "[".repeat(100_000)));
        says("nests 100,000 objects in an unknown field", answer(200, "", "{\"x\":" + "{\"a\":".repeat(100_000)));
        says("has a number of 100,000 digits", answer(200, "", "{\"generation\":" + "9".repeat(100_000) + "}"));
        says("has a number with a huge exponent", answer(200, "", "{\"version\":1,\"generation\":1e999999999}"));
        says("has a string of a megabyte", answer(200, "", "{\"reason\":\"" + "x".repeat(1_000_000) + "\"}"));
        says("has no UTF-8", answer(200, "", "{\"reason\":\"\u00ff\u00fe\"}"));
        says("counts below zero", directiveAnswer(-1, ""));
        says("counts beyond reason", directiveAnswer(Long.MAX_VALUE, ""));
        says("orders what nobody knows", answer(200, "", directive(9, "").replace("none", "explode")));
        says("orders to run nothing", answer(200, "", directive(9, "").replace("none", "run")));
        says("orders a bundle of 16 GB", directiveAnswer(9, bundle(17_179_869_184L, 2)));
        says("orders a negative size", directiveAnswer(9, bundle(-1, 2)));
        says("orders a negative level", directiveAnswer(9, bundle(1000, -2)));
        says("orders a digest that is none", directiveAnswer(9, bundle(1000, 2).replace("ab", "../../etc/passwd")));
        says(
                "says the opposite of its order",
                directiveAnswer(9, bundle(1000, 2)).replace("run", "no"));
        says("redirects to itself", answer(302, "Location: /api/v1/agent/directive", ""));
        says("redirects to a file", answer(307, "Location: file:///etc/shadow", ""));
        says("redirects with a terminal's escape", answer(301, "Location: https://x/\u001b[2J", ""));
        says("has nothing to say", "HTTP/1.1 204 No Content\r\n\r\n");
        says("fails", answer(500, "Content-Type: text/html", "<h1>Internal Server Error</h1>"));
        says("is closed for ten years", answer(503, "Retry-After: 315360000", ""));
        says("wants a payment", answer(402, "", "{\"type\":null}"));
        says("has a problem of no kind", answer(400, "Content-Type: application/problem+json", "{\"title\":5}"));

        does("never answers", (head, out) -> new CountDownLatch(1).await());
        does("sends its headers byte by byte", (head, out) -> drip(out, "HTTP/1.1 200 OK\r\nA: " + "b".repeat(500)));
        does("sends its body byte by byte", (head, out) -> {
            write(out, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
            drip(out, " ".repeat(500));
        });
        does("sends its refusal byte by byte", (head, out) -> {
            write(out, "HTTP/1.1 500 No\r\nContent-Length: 500\r\n\r\n");
            drip(out, " ".repeat(500));
        });
        does("sends chunks of one byte for ever", (head, out) -> {
            write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (; ; ) {
                write(out, "1;x=y\r\n \r\n");
            }
        });
        does("has one header without an end", (head, out) -> {
            write(out, "HTTP/1.1 200 OK\r\nA: ");
            endless(out);
        });
        does("has a body without an end", (head, out) -> {
            write(out, "HTTP/1.1 200 OK\r\n\r\n");
            endless(out);
        });
        does("says to continue for ever", (head, out) -> {
            for (; ; ) {
                write(out, "HTTP/1.1 100 Continue\r\n\r\n");
            }
        });
        does("sends noise", (head, out) -> {
            byte[] noise = new byte[64 * 1024];
            new Random(7).nextBytes(noise);
            out.write(noise);
        });
    }

    private static void says(String name, String bytes) {
        POLLS.put(name, (head, out) -> write(out, bytes));
    }

    private static void does(String name, Behaviour behaviour) {
        POLLS.put(name, behaviour);
    }

    private static String directive(long generation, String bundle) {
        return "{\"version\":1,\"generation\":%d,\"order\":\"%s\"%s}"
                .formatted(generation, bundle.isEmpty() ? "none" : "run", bundle);
    }

    private static String directiveAnswer(long generation, String bundle) {
        return answer(200, "Content-Type: application/json\r\nETag: \"x\"", directive(generation, bundle));
    }

    private static String bundle(long size, long level) {
        String digest = "ab".repeat(32);
        return ",\"bundle\":{\"identity\":\"%s\",\"fileDigest\":\"%s\",\"size\":%d,\"level\":%d,\"publication\":\"p\"}"
                .formatted(digest, digest, size, level);
    }

    static Stream<String> polls() {
        return POLLS.keySet().stream();
    }

    @ParameterizedTest(name = "a server that {0}")
    @MethodSource("polls")
    void aPollOf(String what) throws Exception {
        var state = contract.host().state();
        var before = state.look();
        int said = contract.host().logged().length();
        try (var server = HostileServer.start(POLLS.get(what))) {
            contract.round(server);

            assertThat(state.look().orders()).isEqualTo(before.orders());
            assertThat(state.look().standing()).isEqualTo(before.standing());
            assertThat(contract.trouble().what())
                    .isNotBlank()
                    .hasSizeLessThan(1000)
                    .doesNotContain("\n", "\u001b");
            assertThat(server.requests()).as("it is not asked again at once").hasSizeLessThanOrEqualTo(1);
        }
        assertThat(contract.host().logged().substring(said).lines()).hasSizeLessThan(4);
        contract.unharmed(0);
    }
}
