package io.rebootless.server.testing;

import io.rebootless.wire.Problem;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
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
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A client with one key, over HTTPS, that trusts the server's authority and nobody else. */
public record Api(HttpClient http, String base, @Nullable String key) {
    private static final JsonMapper JSON = WireJson.mapper();

    /** A client of the server on this port that made its authority in this data directory. */
    public static Api of(int port, Path data) {
        return new Api(client(data.resolve("tls/ca.pem")), "https://localhost:" + port, null);
    }

    public Api as(@Nullable String other) {
        return new Api(http, base, other);
    }

    /** An answer, its body still bytes. */
    public record Answer(HttpResponse<byte[]> response) {
        public int status() {
            return response.statusCode();
        }

        public byte[] body() {
            return response.body();
        }

        public String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        public <T> T as(Class<T> type) {
            return JSON.readValue(response.body(), type);
        }

        public tools.jackson.databind.JsonNode json() {
            return JSON.readTree(response.body());
        }

        /** The name of the problem, which must be one in form too. */
        public String problem() {
            if (!header("Content-Type").equals("application/problem+json")) {
                return "no problem but %d %s %s".formatted(status(), header("Content-Type"), text());
            }
            var problem = as(Problem.class);
            return problem.status() == status() ? problem.name() : "status %d in %s".formatted(status(), problem);
        }
    }

    public HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(70));
        return key == null ? request : request.header("Authorization", "Bearer " + key);
    }

    public Answer send(HttpRequest.Builder request) {
        try {
            return new Answer(http.send(request.build(), BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public CompletableFuture<Answer> sendLater(HttpRequest.Builder request) {
        return http.sendAsync(request.build(), BodyHandlers.ofByteArray()).thenApply(Answer::new);
    }

    public Answer get(String path) {
        return send(request(path));
    }

    public Answer delete(String path) {
        return send(request(path).DELETE());
    }

    public Answer post(String path, Object body) {
        return send(json(path).POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
    }

    public Answer put(String path, Object body) {
        return send(json(path).PUT(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
    }

    public HttpRequest.Builder json(String path) {
        return request(path).header("Content-Type", "application/json");
    }

    public Answer upload(byte[] bundle) {
        return upload(BodyPublishers.ofByteArray(bundle));
    }

    public Answer upload(BodyPublisher body) {
        return send(uploading(body));
    }

    public HttpRequest.Builder uploading(BodyPublisher body) {
        return request("/api/v1/bundles")
                .header("Content-Type", "application/octet-stream")
                .POST(body);
    }

    /** A connection on which a test writes what no HTTP client would. */
    public Socket connect(String firstBytes) throws IOException {
        URI uri = URI.create(base);
        Socket socket = http.sslContext().getSocketFactory().createSocket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(firstBytes.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return socket;
    }

    private static HttpClient client(Path authority) {
        try (var pem = Files.newInputStream(authority)) {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            return HttpClient.newBuilder()
                    .sslContext(tls)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
