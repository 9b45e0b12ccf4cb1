package io.rebootless.server.catalog;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static io.rebootless.testing.TestPublishers.mallory;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.BundleFormat;
import io.rebootless.bundle.Manifest;
import io.rebootless.bundle.ManifestCodec;
import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestImages;
import io.rebootless.trust.PublisherKey;
import io.rebootless.wire.PublishedBundle;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("every-jdk")
@ExtendWith(SharedServer.class)
class BundleUploadTest {
    private final TestServer server;
    private final KernelBuild kernel = Samples.kernel();
    private long rowsBefore;
    private long blobsBefore;
    private int accepted;

    BundleUploadTest(TestServer server) {
        this.server = server;
    }

    @BeforeEach
    void count() throws Exception {
        rowsBefore = server.count("bundle");
        blobsBefore = server.blobs();
    }

    /** Whatever a test has uploaded, the store holds what was accepted and nothing else. */
    @AfterEach
    void nothing_is_left_of_what_was_refused() throws Exception {
        assertThat(server.count("bundle") - rowsBefore).isEqualTo(accepted);
        assertThat(server.blobs() - blobsBefore).isEqualTo(accepted);
    }

    private byte[] bundle(long level, PublisherKey... signers) {
        return bundle(level, TestBundles.manifest(level, "CVE-2026-0001"), signers);
    }

    private byte[] bundle(long level, Manifest manifest, PublisherKey... signers) {
        return TestBundles.signed(kernel, level, 0, manifest, signers);
    }

    private Api.Answer upload(byte[] file) {
        var answer = server.admin().upload(file);
        if (answer.status() == 201) {
            accepted++;
        }
        return answer;
    }

    @Test
    void a_signed_bundle_is_published_and_stored_under_its_digest() throws Exception {
        byte[] file = bundle(1, alice(), bob());
        var answer = upload(file);
        assertThat(answer.status()).isEqualTo(201);
        var published = answer.as(PublishedBundle.class);
        assertThat(published.fileDigest()).isEqualTo(Sha256.of(file));
        assertThat(published.kernel()).isEqualTo(kernel);
        assertThat(published.signers()).hasSize(2);
        assertThat(answer.header("Location")).isEqualTo("/api/v1/bundles/" + published.fileDigest());
        assertThat(Files.readAllBytes(server.blob(published.fileDigest().hex())))
                .isEqualTo(file);
        var read = TestBundles.read(file);
        var admin = server.admin();
        assertThat(admin.get("/api/v1/bundles/%s/info".formatted(published.identity()))
                        .as(PublishedBundle.class))
                .isEqualTo(published);
        assertThat(admin.get("/api/v1/bundles/%s/manifest".formatted(published.fileDigest()))
                        .text())
                .isEqualTo(read.manifestJson());
    }

    @Test
    void the_same_file_twice_is_published_once() {
        byte[] file = bundle(1, alice());
        assertThat(upload(file).status()).isEqualTo(201);
        assertThat(upload(file).status()).isEqualTo(200);
    }

    @Test
    void a_lost_file_comes_back_by_uploading_it_again() throws Exception {
        byte[] file = bundle(1, alice());
        upload(file);
        Files.delete(server.blob(Sha256.of(file).hex()));
        assertThat(server.admin().get("/api/v1/bundles/" + Sha256.of(file)).problem())
                .isEqualTo("storage-unavailable");
        assertThat(upload(file).status()).isEqualTo(200);
        assertThat(server.admin().get("/api/v1/bundles/" + Sha256.of(file)).body())
                .isEqualTo(file);
    }

    @Test
    void a_trust_bundle_is_none_of_the_servers_business_and_it_says_whose() {
        var answer = upload(TestBundles.trust(1, 1, List.of(bob().certificate()), alice()));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.problem()).isEqualTo("wrong-kind");
        assertThat(answer.text())
                .contains("brought to hosts by their operator, never by the patch server")
                .contains("rebootless-agent trust update");
    }

    static Stream<Arguments> refused() {
        KernelBuild kernel = Samples.kernel();
        byte[] good = TestBundles.signed(kernel, 1, 0, TestBundles.manifest(1), alice());
        byte[] tampered = good.clone();
        tampered[(int) TestBundlesAccess.imageOffset(good) + 70] ^= 1;
        byte[] manifest = ManifestCodec.encode(TestBundles.manifest(1));
        return Stream.of(
                Arguments.of("signature-invalid", 422, tampered),
                Arguments.of("truncated", 422, Arrays.copyOf(good, good.length - 1)),
                Arguments.of("truncated", 422, new byte[0]),
                Arguments.of("trailing-bytes", 422, Arrays.copyOf(good, good.length + 1)),
                Arguments.of("bad-magic", 422, new byte[1000]),
                Arguments.of("bad-magic", 422, new byte[3_000_000]),
                Arguments.of("signature-count", 422, TestBundles.signed(kernel, 1, 0, TestBundles.manifest(1))),
                Arguments.of(
                        "untrusted-signer", 422, TestBundles.signed(kernel, 1, 0, TestBundles.manifest(1), mallory())),
                Arguments.of(
                        "duplicate-signer",
                        422,
                        TestBundles.signed(kernel, 1, 0, TestBundles.manifest(1), alice(), alice())),
                Arguments.of(
                        "image-vermagic",
                        422,
                        image(kernel, manifest, TestImages.livepatch("fix_1", "5.10.0-1-amd64"))),
                Arguments.of(
                        "image-name", 422, image(kernel, manifest, TestImages.livepatch("other", kernel.release()))),
                Arguments.of("image-not-elf", 422, image(kernel, manifest, new byte[100])),
                Arguments.of(
                        "image-not-livepatch",
                        422,
                        image(
                                kernel,
                                manifest,
                                TestImages.module("name=fix_1\0vermagic=%s SMP\0".formatted(kernel.release())))),
                Arguments.of("bad-manifest", 422, image(kernel, "{}".getBytes(), TestImages.livepatch("fix_1", "x"))));
    }

    private static byte[] image(KernelBuild kernel, byte[] manifest, byte[] image) {
        return TestBundlesAccess.lenient(kernel, manifest, image, alice());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refused(String name, int status, byte[] file) {
        var answer = upload(file);
        assertThat(answer.problem()).isEqualTo(name);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().get("remedy").stringValue()).isNotBlank();
    }

    @Test
    void what_announces_more_than_any_bundle_has_is_refused_at_once() {
        var answer = server.admin().upload(BodyPublishers.ofByteArray(new byte[(int) BundleFormat.MAX_FILE_BYTES + 1]));
        assertThat(answer.problem()).isEqualTo("too-large");
    }

    @Test
    void an_image_too_large_is_refused_whether_or_not_the_length_is_announced() {
        byte[] file = bundle(1, alice());
        file[36 + 3] = 2; // image size, its highest byte
        var answer = server.admin().upload(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(file)));
        assertThat(answer.problem()).isEqualTo("image-size");
        assertThat(answer.status()).isEqualTo(413);
    }

    @Test
    void levels_only_grow_and_lose_no_cve_without_a_reason() {
        assertThat(upload(bundle(5, alice())).status()).isEqualTo(201);
        assertThat(upload(bundle(5, TestBundles.manifest(5, "CVE-2026-0001", "CVE-2026-0002"), alice()))
                        .problem())
                .isEqualTo("level-conflict");
        assertThat(upload(bundle(4, alice())).problem()).isEqualTo("level-not-above-published");
        Manifest dropping = TestBundles.manifest(6, "CVE-2026-0002");
        assertThat(upload(bundle(6, dropping, alice())).problem()).isEqualTo("cve-dropped");
        var explained = new Manifest(
                dropping.publication(),
                dropping.title(),
                dropping.created(),
                dropping.cves(),
                dropping.notes(),
                dropping.functions(),
                dropping.effectiveVersion(),
                List.of(new Manifest.DroppedCve("CVE-2026-0001", "never affected this build")));
        assertThat(upload(bundle(6, explained, alice())).status()).isEqualTo(201);
    }

    @Test
    void one_build_id_belongs_to_one_kernel() {
        upload(bundle(1, alice()));
        var other = new KernelBuild(kernel.release() + "x", kernel.version(), kernel.machine(), kernel.buildId());
        assertThat(upload(TestBundles.signed(other, 2, 0, TestBundles.manifest(2, "CVE-2026-0001"), alice()))
                        .problem())
                .isEqualTo("kernel-conflict");
    }

    @Test
    void a_signer_whose_certificate_has_expired_does_not_count() throws Exception {
        var old = PublisherKey.create(
                "old", 3072, Instant.now().minus(Duration.ofDays(400)), Duration.ofDays(365), new SecureRandom());
        server.trust("old", old);
        try {
            assertThat(upload(bundle(1, old)).problem()).isEqualTo("signer-expired");
            assertThat(upload(bundle(1, old, alice())).status()).isEqualTo(201);
        } finally {
            server.distrust("old");
        }
    }

    /** Its bytes were verified when it was published, and hosts judge them for themselves. */
    @Test
    void what_is_published_stays_so_and_can_be_put_back_after_its_publisher_is_trusted_no_more() throws Exception {
        byte[] file = bundle(1, bob());
        assertThat(upload(file).status()).isEqualTo(201);
        server.distrust("bob");
        try {
            assertThat(upload(file).status()).isEqualTo(200);
            Path stored = server.blob(Sha256.of(file).hex());
            byte[] rotten = file.clone();
            rotten[rotten.length / 2] ^= 1;
            Files.write(stored, rotten);
            assertThat(server.admin().get("/api/v1/bundles/" + Sha256.of(file)).problem())
                    .isEqualTo("storage-unavailable");
            assertThat(upload(file).status()).isEqualTo(200);
            assertThat(Files.readAllBytes(stored)).isEqualTo(file);
            assertThat(upload(bundle(2, bob())).problem()).isEqualTo("untrusted-signer");
        } finally {
            server.trust("bob", bob());
        }
    }

    @Test
    void a_refused_upload_removes_no_file_that_lay_in_the_store_before() throws Exception {
        assertThat(upload(bundle(2, alice())).status()).isEqualTo(201);
        byte[] orphan = bundle(1, alice());
        Path stored = server.blob(Sha256.of(orphan).hex());
        Files.write(stored, orphan);
        try {
            assertThat(upload(orphan).problem()).isEqualTo("level-not-above-published");
            assertThat(stored).hasBinaryContent(orphan);
        } finally {
            Files.deleteIfExists(stored);
        }
    }

    @Test
    void without_publishers_nothing_is_taken_until_one_is_trusted_without_a_restart() throws Exception {
        server.distrust("alice");
        server.distrust("bob");
        assertThat(upload(bundle(1, alice())).problem()).isEqualTo("no-publishers");
        server.trust("bob", bob());
        assertThat(upload(bundle(1, alice())).problem()).isEqualTo("untrusted-signer");
        server.trust("alice", alice());
        assertThat(upload(bundle(1, alice())).status()).isEqualTo(201);
    }

    @Test
    void of_two_that_race_for_a_level_exactly_one_wins() {
        for (int level = 1; level <= 5; level++) {
            byte[] one = bundle(level, alice());
            byte[] other = bundle(level, bob());
            var results = Stream.of(one, other, one)
                    .map(file -> server.admin().sendLater(server.admin().uploading(BodyPublishers.ofByteArray(file))))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .map(Api.Answer::status)
                    .toList();
            assertThat(results.stream().filter(status -> status == 201)).hasSize(1);
            assertThat(results).allMatch(status -> status == 200 || status == 201 || status == 409);
            accepted++;
        }
    }

    @Test
    void the_ninth_upload_at_once_is_asked_to_come_again() throws Exception {
        var admin = server.admin();
        var slow = new ArrayList<Socket>();
        try {
            for (int i = 0; i < BundleController.MAX_UPLOADS; i++) {
                slow.add(admin.connect(
                        "POST /api/v1/bundles HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000\r\n\r\nx"
                                .formatted(admin.key())));
            }
            // Each has a file of its own by then. Who asked by uploading would take a place from one that is just
            // coming.
            for (int i = 0; i < 300 && server.blobs() < blobsBefore + BundleController.MAX_UPLOADS; i++) {
                Thread.sleep(50);
            }
            Api.Answer answer = admin.upload(new byte[10]);
            assertThat(answer.problem()).isEqualTo("too-many-uploads");
            assertThat(answer.header("Retry-After")).isEqualTo("5");
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        // What the eight have begun disappears with them.
        for (int i = 0; i < 100 && server.blobs() > blobsBefore; i++) {
            Thread.sleep(50);
        }
        assertThat(server.blobs()).isEqualTo(blobsBefore);
    }
}
