package io.rebootless.agent.server;

import static java.net.HttpURLConnection.HTTP_NOT_MODIFIED;
import static java.net.HttpURLConnection.HTTP_OK;
import static java.net.HttpURLConnection.HTTP_PARTIAL;

import io.rebootless.agent.transport.Reply;
import io.rebootless.agent.transport.Routes;
import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.BuildId;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.AgentReport;
import io.rebootless.wire.BuildCoverage;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.EnrollmentRequest;
import io.rebootless.wire.HostToken;
import io.rebootless.wire.ReportReceipt;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** The patch server, as an agent sees it. Not shared between threads. */
public final class ServerClient {
    private static final int HTTP_RANGE_NOT_SATISFIABLE = 416;
    private static final int MAX_REDIRECTS = 3;
    private static final int MAX_ETAG_CHARS = 256;
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,15})-.*");
    private static final String JSON = "application/json, application/problem+json";

    private final URI base;
    private final Connections connections;
    private final Answers answers;

    /** Reached without a proxy. */
    public ServerClient(URI base, Tls tls, Timeouts timeouts, String agentVersion) throws IOException {
        this(base, tls, Routes.direct(), timeouts, agentVersion);
    }

    public ServerClient(URI base, Tls tls, Routes routes, Timeouts timeouts, String agentVersion) throws IOException {
        this.base = base;
        this.connections = new Connections(base, tls, routes, timeouts, "rebootless-agent/" + agentVersion);
        this.answers = new Answers(base, connections);
    }

    /** Whom this talks to. */
    public URI base() {
        return base;
    }

    /**
     * Joins; one use of the key is used up by it.
     *
     * @param attempt random, and the same if the very same request is made again because its answer was lost: it is
     *     then answered as before, and nothing is used up
     */
    public Enrollment enroll(EnrollmentRequest request, UUID attempt) throws IOException {
        var headers = Map.of(AgentProtocol.IDEMPOTENCY_KEY, "\"" + attempt + "\"");
        try (var reply = send("POST", AgentProtocol.ENROLL, headers, request)) {
            var enrollment = answers.read(reply, Enrollment.class);
            usable(enrollment.token());
            return enrollment;
        } catch (IOException e) {
            throw connections.explained(e);
        }
    }

    /** Asks, without a token, whether something is published for a kernel build. */
    public BuildCoverage coverage(BuildId build) throws IOException {
        try {
            var target = connections.at(AgentProtocol.COVERAGE + "?buildId=" + build);
            try (var reply = connections.ask("GET", target, Map.of("Accept", JSON), Optional.empty(), Duration.ZERO)) {
                return answers.read(reply, BuildCoverage.class);
            }
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
        var headers = authorized(token);
        headers.put("Accept", JSON);
        etag.ifPresent(tag -> headers.put("If-None-Match", tag));
        acknowledged.ifPresent(report -> headers.put(AgentProtocol.REPORT_ACKNOWLEDGED, report));
        headers.put(AgentProtocol.BOOT, bootId);
        authorities.ifPresent(digest -> headers.put(AgentProtocol.AUTHORITIES_DIGEST, digest.hex()));
        if (!wait.isZero()) {
            headers.put("Prefer", "wait=" + wait.toSeconds());
        }
        try (var reply =
                connections.ask("GET", connections.at(AgentProtocol.DIRECTIVE), headers, Optional.empty(), wait)) {
            boolean same = reply.status() == HTTP_NOT_MODIFIED;
            return new Answer(
                    same ? Optional.empty() : Optional.of(answers.read(reply, Directive.class)),
                    reply.header("ETag").filter(tag -> tag.length() <= MAX_ETAG_CHARS && visible(tag)),
                    Delays.poll(reply),
                    isTrue(reply, AgentProtocol.REPORT_WANTED),
                    isTrue(reply, AgentProtocol.TOKEN_WANTED),
                    reply.header(AgentProtocol.QUARANTINE_LIFTED)
                            .map(Answer::names)
                            .orElse(Set.of()),
                    reply.header(AgentProtocol.AUTHORITIES_DIGEST));
        } catch (IOException e) {
            throw connections.explained(e);
        }
    }

    /** Fetches the token that replaces the present one; that is good until the new one is shown. */
    public String replaceToken(String token) throws IOException {
        var body = Map.of("version", AgentProtocol.VERSION);
        try (var reply = send("POST", AgentProtocol.TOKEN, authorized(token), body)) {
            return usable(answers.read(reply, HostToken.class).token());
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
        var target = connections.at(AgentProtocol.AUTHORITIES);
        if (!"https".equalsIgnoreCase(target.getScheme())) {
            throw new IOException("without TLS no authorities are taken");
        }
        try (var reply = connections.ask("GET", target, authorized(token), Optional.empty(), Duration.ZERO)) {
            if (reply.status() != HTTP_OK) {
                throw answers.refused(reply);
            }
            var chain = reply.certificates();
            return new Told(new String(connections.small(reply.body()), StandardCharsets.ISO_8859_1), chain);
        } catch (IOException e) {
            throw connections.explained(e);
        }
    }

    /** From the next connection on, these vouch for the server. */
    public void trust(Tls authorities) {
        connections.trust(authorities);
    }

    public ReportReceipt report(String token, AgentReport report) throws IOException {
        try (var reply = send("PUT", AgentProtocol.REPORT, authorized(token), report)) {
            return answers.read(reply, ReportReceipt.class);
        } catch (IOException e) {
            throw connections.explained(e);
        }
    }

    /** Asks for a bundle's bytes from {@code offset} on. A redirect is followed, but the token goes to the server only. */
    public Download download(String token, Sha256 fileDigest, long offset) throws IOException {
        try {
            var target = connections.at(AgentProtocol.BUNDLES + fileDigest.hex());
            for (int redirects = 0; ; redirects++) {
                var reply = connections.fetch(target, headers(target, token, offset));
                boolean body = false;
                try {
                    if (!Answers.REDIRECTS.contains(reply.status()) || redirects == MAX_REDIRECTS) {
                        var download = body(reply, offset);
                        body = true;
                        return download;
                    }
                    target = followed(target, reply);
                } finally {
                    if (!body) {
                        reply.close();
                    }
                }
            }
        } catch (IOException e) {
            throw connections.explained(e);
        }
    }

    private Map<String, String> headers(URI target, String token, long offset) throws IOException {
        Map<String, String> headers = connections.isServer(target) ? authorized(token) : new LinkedHashMap<>();
        if (offset > 0) {
            headers.put("Range", "bytes=" + offset + "-");
        }
        return headers;
    }

    private Download body(Reply reply, long offset) throws IOException {
        if (reply.status() == HTTP_OK) {
            return new Download(reply.body(), 0);
        }
        if (reply.status() == HTTP_PARTIAL) {
            var range = CONTENT_RANGE.matcher(reply.header("Content-Range").orElse(""));
            if (range.matches() && Long.parseLong(range.group(1)) == offset) {
                return new Download(reply.body(), offset);
            }
            throw new SenselessException("answers with another byte than the one asked for");
        }
        if (reply.status() == HTTP_RANGE_NOT_SATISFIABLE) {
            reply.close();
            return new Download(InputStream.nullInputStream(), 0);
        }
        throw answers.refused(reply);
    }

    private URI followed(URI from, Reply reply) throws IOException {
        var location = reply.header("Location");
        if (location.isEmpty()) {
            throw new SenselessException("redirects to nowhere");
        }
        URI target;
        try {
            target = from.resolve(location.get());
        } catch (IllegalArgumentException e) {
            throw new SenselessException("redirects to nowhere", e);
        }
        boolean encrypted = "https".equalsIgnoreCase(target.getScheme());
        boolean unencrypted =
                "http".equalsIgnoreCase(target.getScheme()) && !"https".equalsIgnoreCase(base.getScheme());
        if (!(encrypted || unencrypted) || target.getHost() == null) {
            throw new SenselessException("redirects to no https address");
        }
        return target;
    }

    private Reply send(String method, String path, Map<String, String> headers, Object record) throws IOException {
        var all = new LinkedHashMap<>(headers);
        all.put("Content-Type", "application/json");
        all.put("Accept", JSON);
        return connections.ask(method, connections.at(path), all, Optional.of(answers.written(record)), Duration.ZERO);
    }

    private static Map<String, String> authorized(String token) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("Authorization", "Bearer " + token);
        return headers;
    }

    private static boolean isTrue(Reply reply, String header) {
        return reply.header(header).filter("true"::equals).isPresent();
    }

    /** A token that no request can carry must not take the place of one that works. */
    private static String usable(String token) throws IOException {
        if (!visible(token)) {
            throw new SenselessException("answers with a token that no request can carry");
        }
        return token;
    }

    private static boolean visible(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }
}
