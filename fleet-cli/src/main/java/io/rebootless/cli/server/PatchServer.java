package io.rebootless.cli.server;

import io.rebootless.audit.AuditEntry;
import io.rebootless.audit.AuditExport;
import io.rebootless.audit.AuditHead;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.wire.EnrollmentKey;
import io.rebootless.wire.EnrollmentKeyRequest;
import io.rebootless.wire.FleetHost;
import io.rebootless.wire.GateReport;
import io.rebootless.wire.Page;
import io.rebootless.wire.Problem;
import io.rebootless.wire.PublishedBundle;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The patch server's API as the command line uses it. */
public final class PatchServer {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofMinutes(2);
    private static final String JSON = "application/json";

    private final JsonMapper json = WireJson.mapper();
    private final HttpClient http;
    private final URI base;
    private final String apiKey;

    private PatchServer(HttpClient http, URI base, String apiKey) {
        this.http = http;
        this.base = base;
        this.apiKey = apiKey;
    }

    /** Gets ready to talk to the server that the options name; nothing is sent yet. */
    public static PatchServer connect(ServerOptions options) throws IOException {
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
        String apiKey = Files.readString(options.apiKeyFile, StandardCharsets.ISO_8859_1)
                .lines()
                .findFirst()
                .orElse("")
                .strip();
        if (!apiKey.matches("[!-~]{1,200}")) {
            throw new CommandFailed(ExitCode.NO_INPUT, options.apiKeyFile + ": no API key in its first line");
        }
        var http = HttpClient.newBuilder().connectTimeout(CONNECT);
        if (options.ca.isPresent()) {
            http.sslContext(trusting(options.ca.get()));
        }
        return new PatchServer(http.build(), options.server, apiKey);
    }

    /** Publishes a bundle file. */
    public PublishedBundle upload(Path file) throws IOException {
        return ask(
                "POST",
                "/api/v1/bundles",
                BodyPublishers.ofFile(file),
                "application/octet-stream",
                new TypeReference<>() {});
    }

    /** Makes an enrolment key. */
    public EnrollmentKey createEnrollmentKey(EnrollmentKeyRequest request) throws IOException {
        return ask(
                "POST",
                "/api/v1/enrollment-keys",
                BodyPublishers.ofByteArray(json.writeValueAsBytes(request)),
                JSON,
                new TypeReference<>() {});
    }

    /** Every host that carries all of these labels. */
    public List<FleetHost> hosts(Map<String, String> labels) throws IOException {
        var hosts = new ArrayList<FleetHost>();
        String cursor = "";
        do {
            Page<FleetHost> page = get("/api/v1/hosts?limit=500" + query(labels) + cursor, new TypeReference<>() {});
            hosts.addAll(page.items());
            cursor = page.next() == null ? "" : "&cursor=" + encode(page.next());
        } while (!cursor.isEmpty());
        return hosts;
    }

    /** Whether the hosts that carry all of these labels are protected against a CVE. */
    public GateReport gate(String cve, Map<String, String> labels) throws IOException {
        return get("/api/v1/gate?cve=" + encode(cve) + query(labels), new TypeReference<>() {});
    }

    /** A part of the audit log, newest first. */
    public Page<AuditEntry> audit(Map<String, String> filter) throws IOException {
        var query = new StringJoiner("&");
        filter.forEach((name, value) -> query.add(name + "=" + encode(value)));
        return get("/api/v1/audit?" + query, new TypeReference<>() {});
    }

    public AuditHead auditHead() throws IOException {
        return get("/api/v1/audit/head", new TypeReference<>() {});
    }

    /** What is done with a long answer while it arrives. */
    public interface Reader {
        void read(InputStream answer) throws IOException;
    }

    /** The whole audit log, as {@link AuditExport} reads it. */
    public void auditExport(Reader reader) throws IOException {
        exchange("GET", "/api/v1/audit/export", BodyPublishers.noBody(), JSON, AuditExport.MEDIA_TYPE, answer -> {
            reader.read(answer);
            return true;
        });
    }

    private <T> T get(String path, TypeReference<T> type) throws IOException {
        return ask("GET", path, BodyPublishers.noBody(), JSON, type);
    }

    private <T> T ask(String method, String path, BodyPublisher body, String contentType, TypeReference<T> type)
            throws IOException {
        return exchange(method, path, body, contentType, JSON, answer -> json.readValue(answer.readAllBytes(), type));
    }

    private interface Answer<T> {
        T from(InputStream body) throws IOException;
    }

    private <T> T exchange(
            String method, String path, BodyPublisher body, String contentType, String accepted, Answer<T> reading)
            throws IOException {
        var request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + apiKey)
                .header("Content-Type", contentType)
                .header("Accept", accepted)
                .method(method, body)
                .build();
        try {
            HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
            try (InputStream answer = response.body()) {
                if (response.statusCode() / 100 != 2) {
                    throw refused(response.statusCode(), answer.readAllBytes());
                }
                return reading.from(answer);
            }
        } catch (AuditExport.Malformed e) {
            throw e;
        } catch (SSLException e) {
            throw unavailable(
                    "its certificate is not trusted here (%s); name its CA with --ca".formatted(e.getMessage()));
        } catch (JacksonException e) {
            throw unavailable("it answered something that is not its API; is the URL right?");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("interrupted");
        } catch (ConnectException e) {
            throw unavailable("no connection; does it run, and is the URL right?");
        } catch (IOException e) {
            throw unavailable(e.getMessage() == null ? "the connection broke" : e.getMessage());
        }
    }

    private CommandFailed refused(int status, byte[] answer) {
        Problem problem;
        try {
            problem = json.readValue(answer, Problem.class);
        } catch (JacksonException e) {
            return unavailable("it answered HTTP " + status);
        }
        String detail = problem.detail() == null ? problem.title() : problem.detail();
        String words = detail.startsWith(problem.name() + ":") ? detail : problem.name() + ": " + detail;
        String remedy = problem.remedy() == null ? "" : (words.endsWith(".") ? " " : ". ") + problem.remedy();
        return new CommandFailed(
                status >= 500 ? ExitCode.UNAVAILABLE : ExitCode.REFUSED, "the server refused: " + words + remedy);
    }

    private CommandFailed unavailable(String why) {
        return new CommandFailed(ExitCode.UNAVAILABLE, "the server %s: %s".formatted(base, why));
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    private static String query(Map<String, String> labels) {
        var query = new StringBuilder();
        labels.forEach((key, value) -> query.append("&label=").append(encode(key + "=" + value)));
        return query.toString();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static SSLContext trusting(Path ca) throws IOException {
        try (var pem = Files.newInputStream(ca)) {
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
