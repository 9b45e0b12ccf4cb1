package io.rebootless.cli.server;

import io.rebootless.audit.AuditExport;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.InputFile;
import io.rebootless.wire.Page;
import io.rebootless.wire.Problem;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Requests and answers: whom to trust, which key to show, and what to say when it goes wrong. */
final class ServerConnection {
    static final String JSON = "application/json";

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** With an Idempotency-Key: how often something is asked for until an answer comes. */
    private static final int ATTEMPTS = 3;

    private static final int BAD_REQUEST = 400;
    private static final int CONFLICT = 409;
    /** Of a server that is just starting, or of a proxy before it. */
    private static final Set<Integer> PASSING = Set.of(502, 503, 504);

    private final JsonMapper json = WireJson.mapper();
    private final HttpClient http;
    private final URI base;
    private final String apiKey;

    private ServerConnection(HttpClient http, URI base, String apiKey) {
        this.http = http;
        this.base = base;
        this.apiKey = apiKey;
    }

    /** Gets ready; nothing is sent yet. */
    static ServerConnection to(ServerOptions options) throws IOException {
        String scheme = String.valueOf(options.server.getScheme());
        if (!scheme.matches("https?") || options.server.getHost() == null) {
            throw new CommandFailed(ExitCode.USAGE, "--server: https://HOST:PORT expected, not " + options.server);
        }
        if (scheme.equals("http") && !isLoopback(options.server.getHost())) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "--server: %s is not encrypted: the API key would be readable on the way; use https"
                            .formatted(options.server));
        }
        String apiKey = InputFile.text(options.apiKeyFile, StandardCharsets.ISO_8859_1)
                .lines()
                .findFirst()
                .orElse("")
                .strip();
        if (!apiKey.matches("[!-~]{1,200}")) {
            throw new CommandFailed(ExitCode.NO_INPUT, options.apiKeyFile + ": no API key in its first line");
        }
        var http = HttpClient.newBuilder().connectTimeout(CONNECT);
        // An environment variable that is set to nothing is not set.
        if (options.ca.isPresent() && !options.ca.get().toString().isEmpty()) {
            http.sslContext(trusting(options.ca.get()));
        }
        return new ServerConnection(http.build(), options.server, apiKey);
    }

    boolean https() {
        return "https".equals(base.getScheme());
    }

    <T> T get(String path, TypeReference<T> type) throws IOException {
        return ask("GET", path, BodyPublishers.noBody(), JSON, type);
    }

    /** Empty if the server answers that there is no such thing. */
    <T> Optional<T> find(String path, TypeReference<T> type) throws IOException {
        try {
            return Optional.of(get(path, type));
        } catch (Absent none) {
            return Optional.empty();
        }
    }

    /**
     * All parts of a list.
     *
     * @param path has a query already
     */
    <T> List<T> all(String path, TypeReference<Page<T>> type) throws IOException {
        var items = new ArrayList<T>();
        String cursor = "";
        do {
            Page<T> page = get(path + cursor, type);
            items.addAll(page.items());
            cursor = page.next() == null ? "" : "&cursor=" + encode(page.next());
        } while (!cursor.isEmpty());
        return items;
    }

    /** Has the server make something, once, even if the answer is lost on its way and the request made again. */
    <T> T create(String path, Object body, TypeReference<T> type) throws IOException {
        var request = request("POST", path, body(body), JSON, JSON)
                .header("Idempotency-Key", "\"" + UUID.randomUUID() + "\"");
        return exchange(request.build(), ATTEMPTS, read(type));
    }

    <T> T ask(String method, String path, BodyPublisher body, String contentType, TypeReference<T> type)
            throws IOException {
        return exchange(request(method, path, body, contentType, JSON).build(), 1, read(type));
    }

    <T> T post(String path, Object body, TypeReference<T> type) throws IOException {
        return ask("POST", path, body(body), JSON, type);
    }

    /** Has something be as it is said here; a repeat changes nothing. */
    <T> T put(String path, Object body, TypeReference<T> type) throws IOException {
        return exchange(request("PUT", path, body(body), JSON, JSON).build(), ATTEMPTS, read(type));
    }

    /** Has something done that is answered by nothing. */
    void send(String method, String path) throws IOException {
        exchange(request(method, path, BodyPublishers.noBody(), JSON, JSON).build(), 1, InputStream::readAllBytes);
    }

    /** Gets something that is not JSON, and has it read while it arrives. */
    <T> T read(String path, String accepted, Answer<T> reading) throws IOException {
        return exchange(
                request("GET", path, BodyPublishers.noBody(), JSON, accepted + ", application/problem+json")
                        .build(),
                1,
                reading);
    }

    /** Makes something of an answer's body. */
    interface Answer<T> {
        T from(InputStream body) throws IOException;
    }

    /** Makes something of an answer whose status says more than that it went well. */
    interface StatusAnswer<T> {
        T from(int status, InputStream body) throws IOException;
    }

    /** Sends a file; what comes of it depends on the status as well. */
    <T> T sendFile(String path, Path file, StatusAnswer<T> reading) throws IOException {
        return exchange(
                request("POST", path, BodyPublishers.ofFile(file), "application/octet-stream", JSON)
                        .build(),
                1,
                reading);
    }

    <T> T parse(InputStream body, TypeReference<T> type) throws IOException {
        return json.readValue(body.readAllBytes(), type);
    }

    BodyPublisher body(Object content) {
        return BodyPublishers.ofByteArray(json.writeValueAsBytes(content));
    }

    static String encode(String text) {
        // A plus is a space in forms only.
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private <T> Answer<T> read(TypeReference<T> type) {
        return body -> parse(body, type);
    }

    private HttpRequest.Builder request(
            String method, String path, BodyPublisher body, String contentType, String accepted) {
        return HttpRequest.newBuilder(base.resolve(path))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + apiKey)
                .header("Content-Type", contentType)
                .header("Accept", accepted)
                .method(method, body);
    }

    private <T> T exchange(HttpRequest request, int attempts, Answer<T> reading) throws IOException {
        return exchange(request, attempts, (status, body) -> reading.from(body));
    }

    private <T> T exchange(HttpRequest request, int attempts, StatusAnswer<T> reading) throws IOException {
        try {
            return attempt(request, attempts, reading);
        } catch (AuditExport.Malformed e) {
            throw e;
        } catch (SSLException e) {
            throw unavailable(ConnectionFault.words(e));
        } catch (JacksonException e) {
            throw unavailable("it answered something that is not its API; is the URL right?");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("interrupted");
        } catch (HttpConnectTimeoutException e) {
            throw unavailable(ConnectionFault.ofNoConnection(http.sslContext(), base, CONNECT));
        } catch (ConnectException e) {
            throw unavailable("no connection; does it run, and is the URL right?");
        } catch (IOException e) {
            throw unavailable(e.getMessage() == null ? "the connection broke" : e.getMessage());
        }
    }

    private <T> T attempt(HttpRequest request, int attempts, StatusAnswer<T> reading)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
                try (InputStream answer = response.body()) {
                    if (response.statusCode() / 100 == 2) {
                        return reading.from(response.statusCode(), answer);
                    }
                    byte[] why = answer.readAllBytes();
                    if (attempt >= attempts || !worthRepeating(response.statusCode(), why)) {
                        throw refused(response.statusCode(), why);
                    }
                }
            } catch (SSLException | ConnectException notSent) {
                throw notSent;
            } catch (IOException lost) {
                if (attempt >= attempts) {
                    throw lost;
                }
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    private static boolean worthRepeating(int status, byte[] why) {
        return PASSING.contains(status)
                || (status == CONFLICT && new String(why, StandardCharsets.UTF_8).contains("idempotency-key-in-use"));
    }

    private CommandFailed refused(int status, byte[] answer) {
        Problem problem;
        try {
            problem = json.readValue(answer, Problem.class);
        } catch (JacksonException e) {
            return unavailable(
                    status == BAD_REQUEST && !https() && ConnectionFault.wantsTls(answer)
                            ? "it speaks HTTPS: write https://" + base.getRawAuthority()
                            : "it answered HTTP " + status);
        }
        String detail = problem.detail() == null ? problem.title() : problem.detail();
        String words = detail.startsWith(problem.name() + ":") ? detail : problem.name() + ": " + detail;
        if (problem.expected() != null && !words.contains(problem.expected())) {
            words += (words.endsWith(".") ? " " : ". ") + "Expected: " + problem.expected() + ".";
        }
        String remedy = problem.remedy() == null ? "" : (words.endsWith(".") ? " " : ". ") + problem.remedy();
        String refusal = "the server refused: " + words + remedy;
        if (problem.name().equals("not-found")) {
            return new Absent(refusal);
        }
        return new CommandFailed(status >= 500 ? ExitCode.UNAVAILABLE : ExitCode.REFUSED, refusal);
    }

    /** There is no such thing. */
    private static final class Absent extends CommandFailed {
        private static final long serialVersionUID = 1;

        Absent(String refusal) {
            super(ExitCode.REFUSED, refusal);
        }
    }

    CommandFailed unavailable(String why) {
        return new CommandFailed(ExitCode.UNAVAILABLE, "the server %s: %s".formatted(base, why));
    }

    static boolean isLoopback(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    private static SSLContext trusting(Path ca) throws IOException {
        try (var pem = InputFile.open(ca)) {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null);
            int number = 0;
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("ca" + number++, certificate);
            }
            if (number == 0) {
                throw new CommandFailed(ExitCode.NO_INPUT, ca + ": no certificate in it");
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new CommandFailed(ExitCode.NO_INPUT, ca + ": no CA certificate in PEM");
        }
    }
}
