package io.rebootless.server.scrub;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.StorageReport;
import io.rebootless.wire.StorageReport.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedServer.class)
class ScrubTest {
    private final TestServer server;
    private final byte[] file = TestBundles.signed(Samples.kernel(), 1, 0, TestBundles.manifest(1), alice());
    private final Sha256 digest = Sha256.of(file);
    private final String path = "/api/v1/bundles/" + digest;

    ScrubTest(TestServer server) {
        this.server = server;
    }

    private StorageReport.Scrub scrub() throws InterruptedException {
        Instant asked = Instant.now();
        assertThat(server.admin()
                        .post("/api/v1/storage/scrub", Map.of())
                        .as(StorageReport.class)
                        .running())
                .isTrue();
        StorageReport report = server.admin().get("/api/v1/storage").as(StorageReport.class);
        for (int i = 0; i < 600 && report.running(); i++) {
            Thread.sleep(100);
            report = server.admin().get("/api/v1/storage").as(StorageReport.class);
        }
        assertThat(report.running()).isFalse();
        assertThat(report.failure()).isNull();
        assertThat(report.last().finished()).isAfter(asked);
        return report.last();
    }

    private static Optional<Fault> fault(StorageReport.Scrub scrub, Sha256 digest) {
        return scrub.findings().stream()
                .filter(finding -> finding.fileDigest().equals(digest))
                .map(StorageReport.Finding::fault)
                .findFirst();
    }

    private String aside(Sha256 digest) throws IOException {
        try (var files = Files.list(server.blob("x").resolveSibling("set-aside"))) {
            return files.map(found -> found.getFileName().toString())
                    .filter(name -> name.startsWith(digest.hex()))
                    .collect(Collectors.joining());
        }
    }

    private void rot() throws IOException {
        byte[] changed = file.clone();
        changed[changed.length / 2] ^= 1;
        Files.write(server.blob(digest.hex()), changed);
    }

    @Test
    void a_file_that_is_what_it_was_is_no_finding() throws Exception {
        server.admin().upload(file);
        var scrub = scrub();
        assertThat(fault(scrub, digest)).isEmpty();
        assertThat(scrub.blobs()).isPositive();
        assertThat(scrub.bytes()).isGreaterThanOrEqualTo(file.length);
        assertThat(server.admin().get(path).body()).isEqualTo(file);
    }

    @Test
    void a_rotten_file_is_found_set_aside_and_comes_back_by_uploading_it_again() throws Exception {
        server.admin().upload(file);
        rot();
        assertThat(fault(scrub(), digest)).contains(Fault.ROTTEN);
        assertThat(aside(digest)).isNotEmpty();
        assertThat(server.admin().get(path).problem()).isEqualTo("storage-unavailable");
        assertThat(fault(scrub(), digest)).contains(Fault.MISSING);
        assertThat(server.admin().upload(file).status()).isEqualTo(200);
        assertThat(fault(scrub(), digest)).isEmpty();
        assertThat(server.admin().get(path).body()).isEqualTo(file);
        assertThat(audited(digest)).isEqualTo(1);
    }

    @Test
    void a_rotten_file_is_never_served_even_if_no_scrub_has_found_it() throws Exception {
        server.admin().upload(file);
        rot();
        var answer = server.admin().send(server.admin().request(path).header("Range", "bytes=0-9"));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("storage-unavailable");
        assertThat(answer.text()).contains("Upload the same bundle again");
        assertThat(aside(digest)).isNotEmpty();
    }

    @Test
    void a_rotten_file_is_replaced_by_uploading_it_again_even_if_nobody_has_noticed() throws Exception {
        server.admin().upload(file);
        rot();
        assertThat(server.admin().upload(file).status()).isEqualTo(200);
        assertThat(server.admin().get(path).body()).isEqualTo(file);
    }

    @Test
    void an_orphan_is_set_aside_once_it_is_old_enough_not_to_belong_to_an_upload() throws Exception {
        byte[] content = UUID.randomUUID().toString().getBytes();
        Sha256 orphan = Sha256.of(content);
        Path blob = Files.write(server.blob(orphan.hex()), content);
        assertThat(fault(scrub(), orphan)).isEmpty();
        assertThat(blob).exists();
        Files.setLastModifiedTime(blob, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        var scrub = scrub();
        assertThat(fault(scrub, orphan)).contains(Fault.ORPHANED);
        assertThat(blob).doesNotExist();
        assertThat(aside(orphan)).isNotEmpty();
        assertThat(audited(orphan)).isEqualTo(1);
    }

    private long audited(Sha256 blob) {
        return server.jdbc()
                .sql("SELECT count(*) FROM audit_entry WHERE action = 'storage.blob-set-aside' AND subject = ?")
                .param("blob:" + blob)
                .query(Long.class)
                .single();
    }
}
