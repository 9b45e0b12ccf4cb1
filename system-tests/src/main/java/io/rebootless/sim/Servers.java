package io.rebootless.sim;

import io.rebootless.product.PatchServerProcess;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.JsonNode;

/** Servers on one database, as whoever has several addresses talks to them: if one does not answer, the next is asked. */
final class Servers {
    private static final Duration ANSWER = Duration.ofMinutes(2);

    private final HttpClient http;
    private final List<String> addresses;
    private final String adminKey;

    private Servers(HttpClient http, List<String> addresses, String adminKey) {
        this.http = http;
        this.addresses = addresses;
        this.adminKey = adminKey;
    }

    /** The first of them made the database, and has the admin's key. */
    static Servers of(List<PatchServerProcess> servers) throws IOException {
        try {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var server : servers) {
                try (var pem = Files.newInputStream(server.ca())) {
                    for (var certificate :
                            CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                        store.setCertificateEntry("ca-" + store.size(), certificate);
                    }
                }
            }
            var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            var tls = SSLContext.getInstance("TLS");
            tls.init(null, managers.getTrustManagers(), null);
            var http = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(10))
                    .sslContext(tls)
                    .build();
            return new Servers(
                    http,
                    servers.stream().map(PatchServerProcess::url).toList(),
                    Files.readString(servers.get(0).adminKey()).strip());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    int count() {
        return addresses.size();
    }

    /**
     * Asks one server, and the others in turn if that does not answer.
     *
     * @param first which one
     */
    HttpResponse<byte[]> send(int first, String method, String path, String token, byte[] body, String... headers) {
        IOException last = new IOException("no server");
        for (int i = 0; i < addresses.size(); i++) {
            String address = addresses.get((first + i) % addresses.size());
            var request = HttpRequest.newBuilder(URI.create(address + path))
                    .timeout(ANSWER)
                    .header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofByteArray(body));
            if (!token.isEmpty()) {
                request.header("Authorization", "Bearer " + token);
            }
            for (int header = 0; header < headers.length; header += 2) {
                request.header(headers[header], headers[header + 1]);
            }
            try {
                return http.send(request.build(), BodyHandlers.ofByteArray());
            } catch (IOException e) {
                last = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
        throw new UncheckedIOException(last);
    }

    /** What an admin asks or orders, which must go well. */
    JsonNode admin(String method, String path, Object body) {
        byte[] bytes = method.equals("GET") ? new byte[0] : WireJson.mapper().writeValueAsBytes(body);
        var answer = send(0, method, path, adminKey, bytes);
        if (answer.statusCode() / 100 != 2) {
            throw new IllegalStateException(
                    "%s %s: %d %s".formatted(method, path, answer.statusCode(), new String(answer.body())));
        }
        return WireJson.mapper().readTree(answer.body());
    }

    /** Publishes a bundle's bytes. */
    void publish(byte[] bundle) throws IOException {
        var request = HttpRequest.newBuilder(URI.create(addresses.get(0) + "/api/v1/bundles"))
                .timeout(ANSWER)
                .header("Content-Type", "application/octet-stream")
                .header("Authorization", "Bearer " + adminKey)
                .POST(BodyPublishers.ofByteArray(bundle));
        try {
            var answer = http.send(request.build(), BodyHandlers.ofString());
            if (answer.statusCode() != 201) {
                throw new IOException("not published: " + answer.body());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
