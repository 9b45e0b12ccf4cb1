package io.rebootless.cli.server;

import io.rebootless.audit.AuditEntry;
import io.rebootless.audit.AuditExport;
import io.rebootless.audit.AuditHead;
import io.rebootless.bundle.Sha256;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.ApiKeyInfo;
import io.rebootless.wire.Directive;
import io.rebootless.wire.EnrollmentKey;
import io.rebootless.wire.EnrollmentKeyInfo;
import io.rebootless.wire.EnrollmentKeyRequest;
import io.rebootless.wire.FleetHost;
import io.rebootless.wire.GateReport;
import io.rebootless.wire.LabelChange;
import io.rebootless.wire.Page;
import io.rebootless.wire.PublishedBundle;
import io.rebootless.wire.QuarantineLift;
import io.rebootless.wire.ServerTls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.type.TypeReference;

/** The patch server's API as the command line uses it. */
public final class PatchServer {
    private static final int CREATED = 201;
    private static final int SHOWN = 5;
    private static final Pattern ID_PREFIX = Pattern.compile("[0-9a-f-]{4,36}");

    private final ServerConnection server;

    private PatchServer(ServerConnection server) {
        this.server = server;
    }

    /** Gets ready to talk to the server that the options name; nothing is sent yet. */
    public static PatchServer connect(ServerOptions options) throws IOException {
        return new PatchServer(ServerConnection.to(options));
    }

    /**
     * What came of an upload.
     *
     * @param fresh whether it is published by that; else the same bytes were published already
     */
    public record Uploaded(PublishedBundle bundle, boolean fresh) {}

    /** Publishes a bundle file. */
    public Uploaded upload(Path file) throws IOException {
        return server.sendFile(
                "/api/v1/bundles",
                file,
                (status, body) -> new Uploaded(server.parse(body, new TypeReference<>() {}), status == CREATED));
    }

    /** Makes an enrolment key. */
    public EnrollmentKey createEnrollmentKey(EnrollmentKeyRequest request) throws IOException {
        return server.create("/api/v1/enrollment-keys", request, new TypeReference<>() {});
    }

    /** The enrolment keys, the newest first. */
    public List<EnrollmentKeyInfo> enrollmentKeys() throws IOException {
        return server.all("/api/v1/enrollment-keys?limit=500", new TypeReference<>() {});
    }

    public void revokeEnrollmentKey(UUID id) throws IOException {
        server.send("DELETE", "/api/v1/enrollment-keys/" + id);
    }

    /**
     * Makes an API key.
     *
     * @param validDays absent for one that works until it is revoked
     */
    public ApiKeyInfo createApiKey(String name, String role, Optional<Integer> validDays) throws IOException {
        var request = new TreeMap<String, Object>(Map.of("name", name, "role", role));
        validDays.ifPresent(days -> request.put("validDays", days));
        return server.create("/api/v1/api-keys", request, new TypeReference<>() {});
    }

    /** The API keys, the revoked ones included. */
    public List<ApiKeyInfo> apiKeys() throws IOException {
        return server.get("/api/v1/api-keys", new TypeReference<Page<ApiKeyInfo>>() {})
                .items();
    }

    public void revokeApiKey(UUID id) throws IOException {
        server.send("DELETE", "/api/v1/api-keys/" + id);
    }

    /**
     * The host that somebody means.
     *
     * @param word its id, the first four or more characters of that, or its name
     * @throws CommandFailed if there is none, or more than one
     */
    public UUID hostId(String word) throws IOException {
        try {
            UUID id = UUID.fromString(word);
            if (id.toString().equalsIgnoreCase(word)) {
                return id;
            }
        } catch (IllegalArgumentException shorter) {
            // Looked up below.
        }
        var found = new TreeMap<UUID, FleetHost>();
        named("hostname=" + ServerConnection.encode(word), found);
        if (ID_PREFIX.matcher(word).matches()) {
            named("idPrefix=" + word, found);
        }
        if (found.isEmpty()) {
            throw new CommandFailed(
                    ExitCode.REFUSED,
                    "there is no host \"%s\" in the fleet%s; `rebootless fleet status` lists them"
                            .formatted(word, word.length() < 4 ? " (of an id, at least 4 characters are needed)" : ""));
        }
        if (found.size() > 1) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "\"%s\" may be any of %s%s: say more of its id"
                            .formatted(
                                    word,
                                    found.values().stream()
                                            .limit(SHOWN)
                                            .map(host -> "%s (%s)".formatted(host.id(), host.hostname()))
                                            .collect(Collectors.joining(", ")),
                                    found.size() > SHOWN ? ", …" : ""));
        }
        return found.firstKey();
    }

    /** A few: who means one of so many says more. */
    private void named(String filter, Map<UUID, FleetHost> found) throws IOException {
        Page<FleetHost> page =
                server.get("/api/v1/hosts?limit=%d&%s".formatted(SHOWN + 1, filter), new TypeReference<>() {});
        page.items().forEach(host -> found.put(host.id(), host));
    }

    public FleetHost host(UUID id) throws IOException {
        return server.get("/api/v1/hosts/" + id, new TypeReference<>() {});
    }

    /** What a host would be told, were it to ask now; empty from a server that does not say. */
    public Optional<Directive> directive(UUID id) throws IOException {
        return server.find("/api/v1/hosts/%s/directive".formatted(id), new TypeReference<>() {});
    }

    /** Has a host leave the fleet. */
    public void retire(UUID host) throws IOException {
        server.send("DELETE", "/api/v1/hosts/" + host);
    }

    /** Has a host fetch a new token. */
    public void replaceToken(UUID host) throws IOException {
        server.send("POST", "/api/v1/hosts/" + host + "/token-replacement");
    }

    public List<FleetHost> hosts(HostFilter filter) throws IOException {
        return server.all("/api/v1/hosts?limit=500" + filter.parameters(), new TypeReference<>() {});
    }

    /** Sets and removes labels of a host. */
    public FleetHost changeLabels(UUID host, LabelChange change) throws IOException {
        return server.post("/api/v1/hosts/" + host + "/labels", change, new TypeReference<>() {});
    }

    /** Every host that has a bundle in quarantine. */
    public List<FleetHost> quarantinedHosts() throws IOException {
        return server.all("/api/v1/hosts?limit=500&quarantined=true", new TypeReference<>() {});
    }

    /** Has a host try again what it has in quarantine. */
    public FleetHost liftQuarantine(UUID host, QuarantineLift lift) throws IOException {
        return server.create("/api/v1/hosts/" + host + "/quarantine/lift", lift, new TypeReference<>() {});
    }

    /** Whether these hosts are protected against a CVE. */
    public GateReport gate(String cve, HostFilter filter) throws IOException {
        return server.get(
                "/api/v1/gate?cve=" + ServerConnection.encode(cve) + filter.parameters(), new TypeReference<>() {});
    }

    /** A part of the audit log, newest first. */
    public Page<AuditEntry> audit(Map<String, String> filter) throws IOException {
        var query = new StringJoiner("&");
        filter.forEach((name, value) -> query.add(name + "=" + ServerConnection.encode(value)));
        return server.get("/api/v1/audit?" + query, new TypeReference<>() {});
    }

    public AuditHead auditHead() throws IOException {
        return server.get("/api/v1/audit/head", new TypeReference<>() {});
    }

    /** What is done with a long answer while it arrives. */
    public interface Reader {
        void read(InputStream answer) throws IOException;
    }

    /** The whole audit log, as {@link AuditExport} reads it. */
    public void auditExport(Reader reader) throws IOException {
        server.read("/api/v1/audit/export", AuditExport.MEDIA_TYPE, answer -> {
            reader.read(answer);
            return true;
        });
    }

    /** How the server shows who it is. */
    public ServerTls tls() throws IOException {
        return server.get("/api/v1/tls", new TypeReference<>() {});
    }

    /** Has it make its next authority. */
    public ServerTls announceAuthority() throws IOException {
        return server.ask(
                "POST",
                "/api/v1/tls/authority",
                BodyPublishers.noBody(),
                ServerConnection.JSON,
                new TypeReference<>() {});
    }

    /** Has its next authority take over. */
    public ServerTls switchAuthority(boolean force) throws IOException {
        return server.ask(
                "POST",
                "/api/v1/tls/authority/switch?force=" + force,
                BodyPublishers.noBody(),
                ServerConnection.JSON,
                new TypeReference<>() {});
    }

    /** Has it tell nobody of an authority any more. */
    public void dropAuthority(Sha256 fingerprint) throws IOException {
        server.send("DELETE", "/api/v1/tls/authorities/" + fingerprint);
    }

    /**
     * The authorities that it wants to be known by, in PEM.
     *
     * @throws CommandFailed if there is no TLS by which to believe them, or the answer is none
     */
    public byte[] authorities() throws IOException {
        if (!server.https()) {
            throw new CommandFailed(ExitCode.USAGE, "--server: without https nobody vouches for what would come");
        }
        byte[] pem = server.read(AgentProtocol.AUTHORITIES, AgentProtocol.PEM, InputStream::readAllBytes);
        try {
            if (!CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem))
                    .isEmpty()) {
                return pem;
            }
        } catch (GeneralSecurityException e) {
            // said below
        }
        throw server.unavailable("it answered something that is no certificate");
    }
}
