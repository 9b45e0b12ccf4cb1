package io.rebootless.server.catalog;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.problem.BodyPace;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(SharedServer.class)
class BundleDownloadTest {
    private final TestServer server;
    private final KernelBuild kernel = Samples.kernel();
    private final byte[] file = TestBundles.signed(kernel, 1, 0, TestBundles.manifest(1), alice());
    private final String path = "/api/v1/bundles/" + Sha256.of(file);
    private Api host;

    BundleDownloadTest(TestServer server) {
        this.server = server;
    }

    @BeforeEach
    void publish() {
        server.admin().upload(file);
        host = server.api().as(Samples.enroll(server, kernel, Map.of()).token());
    }

    @Test
    void a_host_gets_the_very_bytes_for_ever() {
        var answer = host.get(path);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(file);
        assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(answer.header("Cache-Control")).contains("immutable");
        assertThat(answer.header("ETag")).isEqualTo("\"" + Sha256.of(file) + "\"");
    }

    @Test
    void a_part_is_answered_206_and_fits() {
        var answer = host.send(host.request(path).header("Range", "bytes=100-199"));
        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.header("Content-Range")).isEqualTo("bytes 100-199/" + file.length);
        assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(file, 100, 200));
        var rest =
                host.send(host.request(path).header("Range", "bytes=100-").header("If-Range", answer.header("ETag")));
        assertThat(rest.body()).isEqualTo(Arrays.copyOfRange(file, 100, file.length));
        var tail = host.send(host.request(path).header("Range", "bytes=-10"));
        assertThat(tail.body()).isEqualTo(Arrays.copyOfRange(file, file.length - 10, file.length));
    }

    @Test
    void a_range_of_another_file_or_several_at_once_are_answered_with_the_whole() {
        var other = host.send(host.request(path).header("Range", "bytes=1-2").header("If-Range", "\"x\""));
        assertThat(other.status()).isEqualTo(200);
        assertThat(other.body()).isEqualTo(file);
        assertThat(host.send(host.request(path).header("Range", "bytes=1-2,5-6"))
                        .status())
                .isEqualTo(200);
        assertThat(host.send(host.request(path).header("Range", "lines=1")).status())
                .isEqualTo(200);
    }

    @Test
    void a_range_behind_the_end_is_416() {
        var answer = host.send(host.request(path).header("Range", "bytes=%d-".formatted(file.length)));
        assertThat(answer.problem()).isEqualTo("range-not-satisfiable");
        assertThat(answer.header("Content-Range")).isEqualTo("bytes */" + file.length);
    }

    @Test
    void what_the_client_has_is_not_sent_again() {
        var answer = host.send(host.request(path).header("If-None-Match", "\"" + Sha256.of(file) + "\""));
        assertThat(answer.status()).isEqualTo(304);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void head_says_the_size() {
        var answer = host.send(host.request(path).method("HEAD", BodyPublishers.noBody()));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Length")).isEqualTo("" + file.length);
    }

    @Test
    void unknown_and_malformed_digests_are_not_found() {
        assertThat(host.get("/api/v1/bundles/" + Sha256.of(new byte[0])).problem())
                .isEqualTo("not-found");
        assertThat(host.get("/api/v1/bundles/xyz").problem()).isEqualTo("not-found");
    }

    @Test
    void a_host_that_takes_its_bytes_slowly_holds_up_itself_and_nobody_else() {
        var slow = Samples.enroll(server, kernel, Map.of());
        Api itself = server.api().as(slow.token());
        var limits = server.context().getBean(DownloadLimits.class);
        var places = new ArrayList<DownloadLimits.Place>();
        for (int i = 0; i < DownloadLimits.OF_ONE_CALLER; i++) {
            places.add(limits.admit(slow.hostId()));
        }
        var refused = itself.get(path);
        assertThat(refused.problem()).isEqualTo("too-many-downloads");
        assertThat(refused.header("Retry-After")).isEqualTo("5");
        assertThat(itself.get("/api/v1/agent/directive").status()).isEqualTo(200);
        assertThat(host.get(path).body()).isEqualTo(file);
        places.forEach(DownloadLimits.Place::close);
        for (int i = 0; i < 2 * DownloadLimits.OF_ONE_CALLER; i++) {
            assertThat(itself.get(path).status())
                    .as("each gives its place back")
                    .isEqualTo(200);
        }
    }

    @Test
    void many_that_take_their_bytes_slowly_leave_threads_for_all_else() {
        var limits = server.context().getBean(DownloadLimits.class);
        var places = new ArrayList<DownloadLimits.Place>();
        for (int i = 0; i < DownloadLimits.AT_ONCE; i++) {
            places.add(limits.admit(UUID.randomUUID()));
        }
        try {
            assertThat(host.get(path).problem()).isEqualTo("too-many-downloads");
            assertThat(host.get("/api/v1/agent/directive").status()).isEqualTo(200);
        } finally {
            places.forEach(DownloadLimits.Place::close);
        }
        assertThat(host.get(path).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"19, false", "21, false", "1020, false", "1045, true"})
    void a_download_has_a_free_start_and_then_a_pace(long seconds, boolean ended) throws IOException {
        var now = new AtomicLong(-5);
        var taken = new ByteArrayOutputStream();
        var out = new PacedOutput(taken, BodyPace.TAKEN, now::get);
        byte[] some = new byte[4 * 1024 * 1024 - 64 * 1024];
        out.write(some);
        now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
        if (ended) {
            assertThatThrownBy(() -> out.write(new byte[64 * 1024])).isInstanceOf(PacedOutput.TooSlowException.class);
        } else {
            out.write(new byte[64 * 1024]);
            assertThat(taken.size()).isEqualTo(4 * 1024 * 1024);
        }
    }
}
