package io.rebootless.agent.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rebootless.bundle.Sha256;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.AgentReport;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BuildCoverage;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.EnrollmentRequest;
import io.rebootless.wire.HostToken;
import io.rebootless.wire.ReportReceipt;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A small patch server that keeps the agent's protocol, and can be told to misbehave. */
public final class LoopbackServer implements AutoCloseable {
    public static final String TOKEN = "rlht_test";
    public static final String KEY = "rlek_test";

    private final HttpServer http;
    private final JsonMapper json = WireJson.mapper();
    private final Map<Sha256, byte[]> bundles = new ConcurrentHashMap<>();
    private final List<AgentReport> reports = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();
    private final List<String> heldAuthorities = new CopyOnWriteArrayList<>();
    private volatile @Nullable Directive directive;
    private volatile boolean reportWanted;
    private volatile String token = TOKEN;
    private volatile @Nullable String nextToken;
    private volatile boolean tokenWanted;
    private volatile boolean tokensLost;
    private volatile Runnable beforeNewToken = () -> {};
    private volatile String lifted = "";
    private volatile int refusal;
    private volatile Map<String, String> refusalHeaders = Map.of();
    private volatile String refusalBody = "";
    private volatile byte @Nullable [] authorities;
    private volatile boolean downloadsFull;
    private volatile int cutAfter = Integer.MAX_VALUE;
    private volatile boolean loseAnswers;
    private volatile @Nullable BuildCoverage coverage;
    private final List<String> enrolments = new CopyOnWriteArrayList<>();

    public LoopbackServer(HttpServer http) {
        this.http = http;
        http.createContext("/", this::answer);
        http.setExecutor(Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "loopback-server");
            thread.setDaemon(true);
            return thread;
        }));
        http.start();
    }

    public static LoopbackServer start() {
        try {
            return new LoopbackServer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    /** Keeps a bundle, under whatever digest; a wrong one makes a liar of the server. */
    public void keep(Sha256 digest, byte[] file) {
        bundles.put(digest, file);
    }

    public void order(Directive newDirective) {
        directive = newDirective;
    }

    public void orderRun(long generation, BundleReference bundle) {
        order(new Directive(1, generation, Directive.Order.RUN, bundle, null));
    }

    /** Wants to be known by these authorities. */
    public void tell(byte[] pem) {
        authorities = pem;
    }

    /** With TLS. */
    public URI secureUri() {
        return URI.create("https://127.0.0.1:" + http.getAddress().getPort());
    }

    public void wantReport(boolean wanted) {
        reportWanted = wanted;
    }

    /** Asks the host to fetch a new token, until it has shown one. */
    public void wantNewToken() {
        tokenWanted = true;
    }

    /** Lifts a quarantine; says so with every answer from now on. */
    public void lift(UUID quarantine) {
        lifted = lifted.isEmpty() ? quarantine.toString() : lifted + ", " + quarantine;
    }

    /** Gives out new tokens, and lets the answers with them get lost. */
    public void loseNewTokens(boolean lost) {
        tokensLost = lost;
    }

    /** What happens between the making of the next new token and the answer with it; once. */
    public void meanwhile(Runnable something) {
        beforeNewToken = something;
    }

    /** The only token that is good once it was shown. */
    public String token() {
        return token;
    }

    /** Answers everything with this status, until told 0. */
    public void refuse(int status, Map<String, String> headers) {
        refuse(status, headers, "");
    }

    /** The same, with a body. */
    public void refuse(int status, Map<String, String> headers, String body) {
        refusal = status;
        refusalHeaders = headers;
        refusalBody = body;
    }

    /** Has no place for a download now, and says so. */
    public void haveNoPlaceForDownloads(boolean full) {
        downloadsFull = full;
    }

    /** Breaks downloads off after so many bytes. */
    public void cutDownloadsAfter(int bytes) {
        cutAfter = bytes;
    }

    /** What those without a token are told; a server that is told nothing is too old to answer. */
    public void cover(BuildCoverage told) {
        coverage = told;
    }

    /** Hears enrolments, and breaks off before it answers. */
    public void loseAnswers(boolean lose) {
        loseAnswers = lose;
    }

    /** The Idempotency-Keys of all enrolments, in order. */
    public List<String> enrolments() {
        return enrolments;
    }

    public List<AgentReport> reports() {
        return reports;
    }

    public List<AgentState> reportedStates() {
        return reports.stream().map(AgentReport::state).toList();
    }

    /** The other ends of all connections. */
    public Set<InetSocketAddress> connections() {
        return connections;
    }

    public List<String> requests() {
        return requests;
    }

    /** What polls said of the authorities that the agent trusts. */
    public List<String> heldAuthorities() {
        return heldAuthorities;
    }

    public AgentReport lastReport() {
        return reports.get(reports.size() - 1);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        connections.add(exchange.getRemoteAddress());
        requests.add("%s %s%s%s"
                .formatted(exchange.getRequestMethod(), path, header(exchange, "Range"), header(exchange, "Prefer")));
        String held = exchange.getRequestHeaders().getFirst(AgentProtocol.AUTHORITIES_DIGEST);
        if (held != null) {
            heldAuthorities.add(held);
        }
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (refusal != 0) {
                refusalHeaders.forEach(exchange.getResponseHeaders()::set);
                byte[] words = refusalBody.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(refusal, words.length == 0 ? -1 : words.length);
                exchange.getResponseBody().write(words);
            } else if (path.equals(AgentProtocol.ENROLL)) {
                enroll(exchange, body);
            } else if (path.equals(AgentProtocol.COVERAGE) && coverage != null) {
                send(exchange, 200, json.writeValueAsBytes(coverage));
            } else if (!knows(exchange.getRequestHeaders().getFirst("Authorization"))) {
                exchange.sendResponseHeaders(401, -1);
            } else if (path.equals(AgentProtocol.TOKEN)) {
                newToken(exchange);
            } else if (path.equals(AgentProtocol.DIRECTIVE)) {
                directive(exchange);
            } else if (path.equals(AgentProtocol.AUTHORITIES)) {
                byte[] told = authorities;
                send(exchange, told == null ? 404 : 200, told == null ? new byte[0] : told);
            } else if (path.equals(AgentProtocol.REPORT)) {
                report(exchange, body);
            } else {
                bundle(exchange, path);
            }
        }
    }

    private boolean knows(@Nullable String authorization) {
        if (nextToken != null && ("Bearer " + nextToken).equals(authorization)) {
            token = nextToken;
            nextToken = null;
            tokenWanted = false;
        }
        return ("Bearer " + token).equals(authorization);
    }

    private void newToken(HttpExchange exchange) throws IOException {
        String fresh = "rlht_" + UUID.randomUUID();
        nextToken = fresh;
        var meanwhile = beforeNewToken;
        beforeNewToken = () -> {};
        meanwhile.run();
        if (!tokensLost) {
            send(exchange, 201, json.writeValueAsBytes(new HostToken(1, fresh)));
        }
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : " " + value;
    }

    private void enroll(HttpExchange exchange, byte[] body) throws IOException {
        var request = json.readValue(body, EnrollmentRequest.class);
        enrolments.add(String.valueOf(exchange.getRequestHeaders().getFirst(AgentProtocol.IDEMPOTENCY_KEY)));
        if (loseAnswers) {
            return;
        }
        if (!request.key().equals(KEY)) {
            exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
            send(exchange, 401, """
                    {"type":"urn:rebootless:problem:unknown-enrollment-key","title":"Unknown key","status":401,
                     "detail":"The enrolment key is unknown, used up or expired.","remedy":"Make another one."}""".getBytes(StandardCharsets.UTF_8));
            return;
        }
        send(exchange, 201, json.writeValueAsBytes(new Enrollment(1, new UUID(1, 2), TOKEN, Map.of(), 60)));
    }

    private void directive(HttpExchange exchange) throws IOException {
        var current = directive;
        exchange.getResponseHeaders().set(AgentProtocol.POLL_SECONDS, "30");
        byte[] told = authorities;
        if (told != null) {
            exchange.getResponseHeaders()
                    .set(AgentProtocol.AUTHORITIES_DIGEST, Sha256.of(told).hex());
        }
        if (reportWanted) {
            exchange.getResponseHeaders().set(AgentProtocol.REPORT_WANTED, "true");
        }
        if (tokenWanted) {
            exchange.getResponseHeaders().set(AgentProtocol.TOKEN_WANTED, "true");
        }
        if (!lifted.isEmpty()) {
            exchange.getResponseHeaders().set(AgentProtocol.QUARANTINE_LIFTED, lifted);
        }
        if (current == null) {
            current = new Directive(1, 0, Directive.Order.HOLD, null, "nothing yet");
        }
        String tag = "\"g" + current.generation() + "\"";
        exchange.getResponseHeaders().set("ETag", tag);
        if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            exchange.sendResponseHeaders(304, -1);
        } else {
            send(exchange, 200, json.writeValueAsBytes(current));
        }
    }

    private void report(HttpExchange exchange, byte[] body) throws IOException {
        var report = json.readValue(body, AgentReport.class);
        reports.add(report);
        long stored = reports.stream()
                .filter(known -> known.journalId().equals(report.journalId()))
                .flatMap(known -> known.journal().stream())
                .mapToLong(entry -> entry.sequence())
                .max()
                .orElse(0);
        send(exchange, 200, json.writeValueAsBytes(new ReportReceipt(1, report.number(), stored)));
    }

    private void bundle(HttpExchange exchange, String path) throws IOException {
        if (downloadsFull) {
            exchange.getResponseHeaders().set("Retry-After", "5");
            exchange.sendResponseHeaders(429, -1);
            return;
        }
        byte[] file = bundles.get(new Sha256(path.substring(AgentProtocol.BUNDLES.length())));
        if (file == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
        if (range != null) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes %d-%d/%d".formatted(from, file.length - 1, file.length));
        }
        byte[] part = Arrays.copyOfRange(file, from, file.length);
        exchange.sendResponseHeaders(range == null ? 200 : 206, part.length);
        exchange.getResponseBody().write(part, 0, Math.min(part.length, cutAfter));
        exchange.getResponseBody().flush();
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        http.stop(0);
    }

    /** Steps of the journal as the server has them, in order and once each. */
    public List<String> journal() {
        var lines = new ArrayList<String>();
        reports.stream()
                .flatMap(report -> report.journal().stream())
                .distinct()
                .forEach(entry -> lines.add(entry.step() + (entry.level() == null ? "" : " " + entry.level())));
        return lines;
    }
}
