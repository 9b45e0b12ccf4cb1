package io.rebootless.product;

import io.rebootless.wire.WireJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A patch server's REST interface as its admin uses it, for what is asked too often to start the command line each time.
 */
final class ServerAdmin {
    private static final Duration ANSWER = Duration.ofMinutes(3);

    private final JsonMapper json = WireJson.mapper();
    private final HttpClient http;
    private final String url;
    private final String key;

    private ServerAdmin(HttpClient http, String url, String key) {
        this.http = http;
        this.url = url;
        this.key = key;
    }

    static ServerAdmin of(PatchServerProcess server) {
        try {
            var http = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .sslContext(trusting(Files.readAllBytes(server.ca())))
                    .build();
            return new ServerAdmin(
                    http, server.url(), Files.readString(server.adminKey()).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a key with which hosts may join; returns its secret. */
    String enrollmentKey(int uses) {
        return post("/api/v1/enrollment-keys", Map.of("name", "test", "uses", uses, "validHours", 24))
                .path("key")
                .asString();
    }

    /** Publishes a bundle; returns its identity. */
    String publish(byte[] bundle) {
        return send(request("/api/v1/bundles")
                        .header("Content-Type", "application/octet-stream")
                        .POST(BodyPublishers.ofByteArray(bundle)))
                .path("identity")
                .asString();
    }

    /** Takes a bundle back, by its identity. */
    void withdraw(String identity) {
        post("/api/v1/bundles/%s/withdrawal".formatted(identity), Map.of("reason", "a test"));
    }

    /** Takes a publication back. */
    void withdrawPublication(String name) {
        post("/api/v1/publications/%s/withdrawal".formatted(name), Map.of("reason", "a test"));
    }

    /** Has whatever is published from now on be for everybody at once. */
    void releaseAtOnce() {
        send(request("/api/v1/plans/default")
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"rings\":[]}")));
    }

    /** The one host of the fleet, as the server sees it. */
    JsonNode host() {
        JsonNode hosts = get("/api/v1/hosts").path("items");
        if (hosts.size() != 1) {
            throw new AssertionError("one host expected: " + hosts);
        }
        return hosts.get(0);
    }

    /** Whether the server has heard that the host has this bundle in quarantine, and for what. */
    boolean knowsQuarantine(String identity, String reason) {
        return host().path("quarantined")
                .valueStream()
                .anyMatch(entry -> entry.path("bundle").asString().equals(identity)
                        && entry.path("reason").path("name").asString().equals(reason));
    }

    /** Lets the host try all quarantined bundles again. */
    void liftQuarantines() {
        JsonNode host = host();
        List<String> ids = host.path("quarantined")
                .valueStream()
                .filter(entry -> !entry.path("lifted").isString())
                .map(entry -> entry.path("id").asString())
                .toList();
        if (!ids.isEmpty()) {
            post(
                    "/api/v1/hosts/%s/quarantine/lift".formatted(host.path("id").asString()),
                    Map.of("ids", ids, "reason", "a test"));
        }
    }

    /** What the host did, as far as the server has heard, the newest first. */
    List<JsonNode> history() {
        return get("/api/v1/hosts/%s/history".formatted(host().path("id").asString()))
                .path("items")
                .valueStream()
                .map(item -> item.path("entry"))
                .toList();
    }

    JsonNode get(String path) {
        return send(request(path).GET());
    }

    private JsonNode post(String path, Object body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(json.writeValueAsBytes(body))));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(ANSWER).header("Authorization", "Bearer " + key);
    }

    private JsonNode send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        try {
            var answer = http.send(request, BodyHandlers.ofByteArray());
            if (answer.statusCode() / 100 != 2) {
                throw new AssertionError("%s %s: %d %s"
                        .formatted(
                                request.method(),
                                request.uri(),
                                answer.statusCode(),
                                new String(answer.body(), StandardCharsets.UTF_8)));
            }
            return json.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static SSLContext trusting(byte[] pem) throws IOException {
        try {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (var certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem))) {
                store.setCertificateEntry("ca-" + number++, certificate);
            }
            var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }
}
