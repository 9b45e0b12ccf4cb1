package io.rebootless.bench.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.rebootless.guest.HostCommand;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.AgentReport;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.EnrollmentRequest;
import io.rebootless.wire.ReportReceipt;
import io.rebootless.wire.WireJson;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.json.JsonMapper;

/**
 * A patch server on loopback that has one bundle for everybody. Polls are answered at once, so that a thousand of them
 * take minutes, until each host has made as many as it should: from then on they hang as they do on the real one. Each
 * connection is closed after its answer: hosts that are told to come again after a minute never find theirs still open.
 */
final class PollServer implements AutoCloseable {
    private static final Duration COMMAND = Duration.ofMinutes(1);
    /** How the key of a host ends whose connections are closed after each answer. */
    static final String ANEW = "-anew";

    private static final String PASSWORD = "loopback";

    private final HttpsServer http;
    private final SignedBundle bundle;
    private final int quickPolls;
    private final JsonMapper json = WireJson.mapper();
    private final Map<String, Integer> polls = new ConcurrentHashMap<>();
    private final Map<String, AgentState> states = new ConcurrentHashMap<>();

    private PollServer(HttpsServer http, SignedBundle bundle, int quickPolls) {
        this.http = http;
        this.bundle = bundle;
        this.quickPolls = quickPolls;
    }

    /**
     * Starts one.
     *
     * @param folder where its key and certificate go
     * @param quickPolls how many polls of each host are answered at once
     */
    static PollServer start(Path folder, SignedBundle bundle, int quickPolls)
            throws IOException, GeneralSecurityException {
        Path store = folder.resolve("server.p12");
        HostCommand.output(
                COMMAND,
                List.of(
                        "keytool",
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=bench",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD));
        HostCommand.output(
                COMMAND,
                List.of(
                        "keytool",
                        "-exportcert",
                        "-rfc",
                        "-alias",
                        "server",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD,
                        "-file",
                        folder.resolve("ca.pem").toString()));
        var keys = KeyStore.getInstance("PKCS12");
        try (var in = new FileInputStream(store.toFile())) {
            keys.load(in, PASSWORD.toCharArray());
        }
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        var tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        var http = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.setHttpsConfigurator(new HttpsConfigurator(tls));
        var server = new PollServer(http, bundle, quickPolls);
        http.createContext("/", server::answer);
        http.setExecutor(Executors.newCachedThreadPool(work -> {
            var thread = new Thread(work, "poll-server");
            thread.setDaemon(true);
            return thread;
        }));
        http.start();
        return server;
    }

    String url() {
        return "https://127.0.0.1:" + http.getAddress().getPort();
    }

    /** How many polls a host has made; hosts are told apart by their tokens, and those are named by their keys. */
    int polls(String key) {
        return polls.getOrDefault(token(key), 0);
    }

    /** What a host has reported last. */
    AgentState state(String key) {
        return states.getOrDefault(token(key), AgentState.IDLE);
    }

    private static String token(String key) {
        return AgentProtocol.HOST_TOKEN_PREFIX + key;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            String token = authorization.replaceFirst("^Bearer ", "");
            if (token.endsWith(ANEW)) {
                exchange.getResponseHeaders().set("Connection", "close");
            }
            switch (path) {
                case AgentProtocol.ENROLL -> {
                    var request = json.readValue(body, EnrollmentRequest.class);
                    send(
                            exchange,
                            201,
                            new Enrollment(
                                    1,
                                    UUID.randomUUID(),
                                    token(request.key().substring(AgentProtocol.ENROLLMENT_KEY_PREFIX.length())),
                                    Map.of(),
                                    1));
                }
                case AgentProtocol.DIRECTIVE -> poll(exchange, token);
                case AgentProtocol.REPORT -> {
                    var report = json.readValue(body, AgentReport.class);
                    states.put(token, report.state());
                    long last = report.journal().isEmpty()
                            ? 0
                            : report.journal().get(report.journal().size() - 1).sequence();
                    send(exchange, 200, new ReportReceipt(1, report.number(), last));
                }
                default -> {
                    boolean asked = path.equals(
                            AgentProtocol.BUNDLES + bundle.reference().fileDigest());
                    exchange.sendResponseHeaders(asked ? 200 : 404, asked ? bundle.file().length : -1);
                    if (asked) {
                        exchange.getResponseBody().write(bundle.file());
                    }
                }
            }
        }
    }

    private void poll(HttpExchange exchange, String token) throws IOException {
        int made = polls.merge(token, 1, Integer::sum);
        String tag = "\"1\"";
        boolean known = tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
        if (known && made > quickPolls) {
            hang();
        }
        exchange.getResponseHeaders().set(AgentProtocol.POLL_SECONDS, "1");
        exchange.getResponseHeaders().set("ETag", tag);
        if (known) {
            exchange.sendResponseHeaders(304, -1);
        } else {
            send(exchange, 200, new Directive(1, 1, Directive.Order.RUN, bundle.reference(), null));
        }
    }

    private static void hang() {
        try {
            Thread.sleep(AgentProtocol.MAX_WAIT_SECONDS * 1000L);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(HttpExchange exchange, int status, Object record) throws IOException {
        byte[] body = json.writeValueAsBytes(record);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
