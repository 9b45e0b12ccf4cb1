package io.rebootless.agent.server;

import static java.net.HttpURLConnection.HTTP_GONE;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;
import static java.net.HttpURLConnection.HTTP_NOT_MODIFIED;
import static java.net.HttpURLConnection.HTTP_OK;
import static java.net.HttpURLConnection.HTTP_PARTIAL;
import static java.net.HttpURLConnection.HTTP_UNAUTHORIZED;
import static java.net.HttpURLConnection.HTTP_UNAVAILABLE;

import io.rebootless.agent.log.EventLog;
import io.rebootless.bundle.Sha256;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.AgentReport;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.EnrollmentRequest;
import io.rebootless.wire.HostToken;
import io.rebootless.wire.Problem;
import io.rebootless.wire.ReportReceipt;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The patch server, as an agent sees it. */
public final class ServerClient {
    private static final int HTTP_TOO_MANY_REQUESTS = 429;
    private static final int HTTP_RANGE_NOT_SATISFIABLE = 416;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final String HOST_CLONED = "host-cloned";
    private static final int MAX_REDIRECTS = 3;
    private static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,15})-.*");

    private final URI base;
    private final Connections connections;
    private final JsonMapper json = WireJson.mapper();

    public ServerClient(URI base, Tls tls, Timeouts timeouts, String agentVersion) {
        this.base = base;
        this.connections = new Connections(base, tls, timeouts, "rebootless-agent/" + agentVersion);
    }

    /**
     * Joins; one use of the key is used up by it.
     *
     * @param attempt random, and the same if the very same request is made again because its answer was lost: it is
     *     then answered as before, and nothing is used up
     */
    public Enrollment enroll(EnrollmentRequest request, UUID attempt) throws IOException {
        try {
            var connection = connections.toServer(AgentProtocol.ENROLL, Duration.ZERO);
            connection.setRequestProperty(AgentProtocol.IDEMPOTENCY_KEY, "\"" + attempt + "\"");
            send(connection, "POST", json.writeValueAsBytes(request));
            return read(connection, Enrollment.class);
        } catch (IOException e) {
            throw connections.explained(e);
        }
    }

    /**
     * Asks what to run.
     *
     * @param etag of the directive known
     * @param acknowledged the last report that the server has, {@code journalId/number}
     * @param bootId this boot's: the server asks for the state of one that it does not know
     * @param authorities those that vouch for the server, as {@link AgentProtocol#AUTHORITIES_DIGEST} names them
     * @param wait how long the server may hold the answer back until something changes
     */
    public Answer poll(
            String token,
            Optional<String> etag,
            Optional<String> acknowledged,
            String bootId,
            Optional<Sha256> authorities,
            Duration wait)
            throws IOException {
        try {
            var connection = connections.toServer(AgentProtocol.DIRECTIVE, wait);
            authorize(connection, token);
            etag.ifPresent(tag -> connection.setRequestProperty("If-None-Match", tag));
            acknowledged.ifPresent(report -> connection.setRequestProperty(AgentProtocol.REPORT_ACKNOWLEDGED, report));
            connection.setRequestProperty(AgentProtocol.BOOT, bootId);
            authorities.ifPresent(
                    digest -> connection.setRequestProperty(AgentProtocol.AUTHORITIES_DIGEST, digest.hex()));
            if (!wait.isZero()) {
                connection.setRequestProperty("Prefer", "wait=" + wait.toSeconds());
            }
            boolean same = connection.getResponseCode() == HTTP_NOT_MODIFIED;
            return new Answer(
                    same ? Optional.empty() : Optional.of(read(connection, Directive.class)),
                    Optional.ofNullable(connection.getHeaderField("ETag")),
                    seconds(connection, AgentProtocol.POLL_SECONDS),
                    "true".equals(connection.getHeaderField(AgentProtocol.REPORT_WANTED)),
                    "true".equals(connection.getHeaderField(AgentProtocol.TOKEN_WANTED)),
                    Answer.names(connection.getHeaderField(AgentProtocol.QUARANTINE_LIFTED)),
                    Optional.ofNullable(connection.getHeaderField(AgentProtocol.AUTHORITIES_DIGEST)));
        } catch (IOException e) {
            throw connections.explained(e);
        }
    }

    /** Fetches the token that replaces the present one; that is good until the new one is shown. */
    public String replaceToken(String token) throws IOException {
        try {
            var connection = connections.toServer(AgentProtocol.TOKEN, Duration.ZERO);
            authorize(connection, token);
            send(connection, "POST", json.writeValueAsBytes(Map.of("version", AgentProtocol.VERSION)));
            return read(connection, HostToken.class).token();
        } catch (IOException e) {
            throw connections.explained(e);
        }
    }

    /**
     * What a server says of itself.
     *
     * @param pem its authorities, byte for byte in ISO 8859-1
     * @param chain the certificates that it has shown on the very connection by which they came
     */
    public record Told(String pem, List<X509Certificate> chain) {}

    /** Asks by which authorities the server wants to be known. Nobody is believed about that without TLS. */
    public Told authorities(String token) throws IOException {
        try {
            var connection = connections.toServer(AgentProtocol.AUTHORITIES, Duration.ZERO);
            if (!(connection instanceof HttpsURLConnection https)) {
                throw new IOException("without TLS no authorities are taken");
            }
            authorize(connection, token);
            int status = connection.getResponseCode();
            if (status != HTTP_OK) {
                throw refused(connection, status);
            }
            var chain = new ArrayList<X509Certificate>();
            for (var certificate : https.getServerCertificates()) {
                if (certificate instanceof X509Certificate x509) {
                    chain.add(x509);
                }
            }
            try (var body = connection.getInputStream()) {
                return new Told(new String(connections.small(body), StandardCharsets.ISO_8859_1), List.copyOf(chain));
            }
        } catch (IOException e) {
            throw connections.explained(e);
        }
    }

    /** From the next connection on, these vouch for the server. */
    public void trust(Tls authorities) {
        connections.trust(authorities);
    }

    public ReportReceipt report(String token, AgentReport report) throws IOException {
        try {
            var connection = connections.toServer(AgentProtocol.REPORT, Duration.ZERO);
            authorize(connection, token);
            send(connection, "PUT", json.writeValueAsBytes(report));
            return read(connection, ReportReceipt.class);
        } catch (IOException e) {
            throw connections.explained(e);
        }
    }

    /** Asks for a bundle's bytes from {@code offset} on. A redirect is followed, but the token goes to the server only. */
    public Download download(String token, Sha256 fileDigest, long offset) throws IOException {
        try {
            var connection = connections.toServer(AgentProtocol.BUNDLES + fileDigest.hex(), Duration.ZERO);
            authorize(connection, token);
            for (int redirects = 0; ; redirects++) {
                if (offset > 0) {
                    connection.setRequestProperty("Range", "bytes=" + offset + "-");
                }
                int status = connection.getResponseCode();
                if (!REDIRECTS.contains(status) || redirects == MAX_REDIRECTS) {
                    return body(connection, status, offset);
                }
                connection = follow(connection, token);
            }
        } catch (IOException e) {
            throw connections.explained(e);
        }
    }

    private Download body(HttpURLConnection connection, int status, long offset) throws IOException {
        if (status == HTTP_OK) {
            return new Download(connection.getInputStream(), 0);
        }
        if (status == HTTP_PARTIAL) {
            var range = CONTENT_RANGE.matcher(String.valueOf(connection.getHeaderField("Content-Range")));
            if (range.matches() && Long.parseLong(range.group(1)) == offset) {
                return new Download(connection.getInputStream(), offset);
            }
            throw new IOException("the answer begins at another byte than asked for");
        }
        if (status == HTTP_RANGE_NOT_SATISFIABLE) {
            return new Download(InputStream.nullInputStream(), 0);
        }
        throw refused(connection, status);
    }

    private HttpURLConnection follow(HttpURLConnection connection, String token) throws IOException {
        String location = connection.getHeaderField("Location");
        URI target;
        try {
            target = connection.getURL().toURI().resolve(location == null ? "" : location);
        } catch (java.net.URISyntaxException | IllegalArgumentException e) {
            throw new IOException("the redirect leads nowhere", e);
        }
        boolean downgraded =
                "https".equalsIgnoreCase(base.getScheme()) && !"https".equalsIgnoreCase(target.getScheme());
        if (downgraded || location == null || target.getHost() == null) {
            throw new IOException("the redirect leads to no https address");
        }
        var next = connections.open(target, Duration.ZERO);
        if (connections.isServer(target)) {
            authorize(next, token);
        }
        return next;
    }

    private void send(HttpURLConnection connection, String method, byte[] body) throws IOException {
        connection.setRequestMethod(method);
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setRequestProperty("Accept", "application/json, application/problem+json");
        connection.setDoOutput(true);
        try (var out = connection.getOutputStream()) {
            out.write(body);
        }
    }

    private <T> T read(HttpURLConnection connection, Class<T> type) throws IOException {
        int status = connection.getResponseCode();
        if (status != HTTP_OK && status != HttpURLConnection.HTTP_CREATED) {
            throw refused(connection, status);
        }
        try (var body = connection.getInputStream()) {
            return json.readValue(connections.small(body), type);
        } catch (JacksonException | NullPointerException e) {
            throw new IOException("it answers with something else than a " + type.getSimpleName(), e);
        }
    }

    private ServerException refused(HttpURLConnection connection, int status) {
        var kind = switch (status) {
            case HTTP_UNAUTHORIZED -> ServerException.Kind.UNAUTHORIZED;
            case HTTP_GONE -> ServerException.Kind.RETIRED;
            case HTTP_TOO_MANY_REQUESTS, HTTP_UNAVAILABLE -> ServerException.Kind.BUSY;
            case HTTP_NOT_FOUND -> ServerException.Kind.ABSENT;
            default -> ServerException.Kind.OTHER;
        };
        var problem = problem(connection);
        String said = problem.map(ServerClient::words).map(text -> ": " + text).orElse("");
        return new ServerException(
                kind,
                problem.filter(told -> told.name().equals(HOST_CLONED)).isPresent(),
                "%s answers %d%s".formatted(base, status, said),
                seconds(connection, "Retry-After"));
    }

    /** What the server says about it (RFC 9457), if it says anything. */
    private Optional<Problem> problem(HttpURLConnection connection) {
        try (var body = connection.getErrorStream()) {
            if (body == null) {
                return Optional.empty();
            }
            var problem = json.readValue(connections.small(body), Problem.class);
            return problem.type() == null ? Optional.empty() : Optional.of(problem);
        } catch (IOException | JacksonException | NullPointerException e) {
            return Optional.empty();
        }
    }

    private static String words(Problem problem) {
        String detail = problem.detail() == null ? problem.title() : problem.detail();
        String text = problem.name() + ", " + detail;
        return EventLog.oneLine(problem.remedy() == null ? text : text + " " + problem.remedy());
    }

    private static void authorize(HttpURLConnection connection, String token) {
        connection.setRequestProperty("Authorization", "Bearer " + token);
    }

    /** A header's number of seconds; the other form of Retry-After, a date, would trust two clocks. */
    private static Optional<Duration> seconds(HttpURLConnection connection, String header) {
        String text = connection.getHeaderField(header);
        if (text == null || !text.strip().matches("[0-9]{1,6}")) {
            return Optional.empty();
        }
        var given = Duration.ofSeconds(Long.parseLong(text.strip()));
        return Optional.of(given.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : given);
    }
}
