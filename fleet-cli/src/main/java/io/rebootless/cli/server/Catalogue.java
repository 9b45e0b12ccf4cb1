package io.rebootless.cli.server;

import io.rebootless.kernel.BuildId;
import io.rebootless.wire.KernelCoverage;
import io.rebootless.wire.NotAffected;
import io.rebootless.wire.NotAffectedRequest;
import io.rebootless.wire.Page;
import io.rebootless.wire.Publication;
import io.rebootless.wire.PublishedBundle;
import io.rebootless.wire.StorageReport;
import io.rebootless.wire.WithdrawalRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.type.TypeReference;

/** The part of the patch server's API that is about what is published. */
public final class Catalogue {
    private static final String BUNDLES = "/api/v1/bundles";
    private static final String PUBLICATIONS = "/api/v1/publications";
    private static final String KERNELS = "/api/v1/kernels";

    private final ServerConnection server;

    private Catalogue(ServerConnection server) {
        this.server = server;
    }

    /** Gets ready to talk to the server that the options name; nothing is sent yet. */
    public static Catalogue connect(ServerOptions options) throws IOException {
        return new Catalogue(ServerConnection.to(options));
    }

    /** Every bundle that passes the filters, newest first. */
    public List<PublishedBundle> bundles(Map<String, String> filters) throws IOException {
        return all(BUNDLES, filters, new TypeReference<Page<PublishedBundle>>() {});
    }

    /** One bundle, by identity or file digest. */
    public PublishedBundle bundle(String digest) throws IOException {
        return server.get(BUNDLES + "/" + ServerConnection.encode(digest) + "/info", new TypeReference<>() {});
    }

    /** Takes a bundle back, for good. */
    public PublishedBundle withdrawBundle(String digest, WithdrawalRequest request) throws IOException {
        return server.post(
                BUNDLES + "/" + ServerConnection.encode(digest) + "/withdrawal", request, new TypeReference<>() {});
    }

    /** Writes a bundle's file. */
    public void download(PublishedBundle bundle, OutputStream to) throws IOException {
        server.read(BUNDLES + "/" + bundle.fileDigest(), "application/octet-stream", body -> body.transferTo(to));
    }

    /** Every publication, newest first. */
    public List<Publication> publications() throws IOException {
        return all(PUBLICATIONS, Map.of(), new TypeReference<Page<Publication>>() {});
    }

    public Publication publication(String name) throws IOException {
        return server.get(PUBLICATIONS + "/" + ServerConnection.encode(name), new TypeReference<>() {});
    }

    /** Takes all of a publication back, for good. */
    public Publication withdrawPublication(String name, WithdrawalRequest request) throws IOException {
        return server.post(
                PUBLICATIONS + "/" + ServerConnection.encode(name) + "/withdrawal", request, new TypeReference<>() {});
    }

    /** Every kernel build that passes the filters. */
    public List<KernelCoverage> kernels(Map<String, String> filters) throws IOException {
        return all(KERNELS, filters, new TypeReference<Page<KernelCoverage>>() {});
    }

    /** One kernel build; empty if the server knows it neither from a bundle nor from a host. */
    public Optional<KernelCoverage> kernel(BuildId buildId) throws IOException {
        return server.find(KERNELS + "/" + buildId, new TypeReference<>() {});
    }

    public List<NotAffected> statements(BuildId buildId) throws IOException {
        return server.get(KERNELS + "/" + buildId + "/statements", new TypeReference<Page<NotAffected>>() {})
                .items();
    }

    /** States that a kernel build is not affected by a CVE. */
    public NotAffected state(BuildId buildId, NotAffectedRequest request) throws IOException {
        return server.post(KERNELS + "/" + buildId + "/statements", request, new TypeReference<>() {});
    }

    /** Takes such a statement back. */
    public void retract(BuildId buildId, String cve) throws IOException {
        server.send("DELETE", KERNELS + "/" + buildId + "/statements/" + ServerConnection.encode(cve));
    }

    public StorageReport storage() throws IOException {
        return server.get("/api/v1/storage", new TypeReference<>() {});
    }

    /** Has the server look at its bundles' files; answers at once. */
    public StorageReport scrub() throws IOException {
        return server.post("/api/v1/storage/scrub", Map.of(), new TypeReference<>() {});
    }

    private <T> List<T> all(String path, Map<String, String> filters, TypeReference<Page<T>> type) throws IOException {
        var query = new StringBuilder("?limit=500");
        filters.forEach(
                (name, value) -> query.append('&').append(name).append('=').append(ServerConnection.encode(value)));
        return server.all(path + query, type);
    }
}
