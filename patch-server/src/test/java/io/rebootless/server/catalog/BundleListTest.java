package io.rebootless.server.catalog;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.PublishedBundle;
import io.rebootless.wire.WithdrawalRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedServer.class)
class BundleListTest {
    private final TestServer server;
    private final KernelBuild kernel = Samples.kernel();

    BundleListTest(TestServer server) {
        this.server = server;
    }

    @Test
    void the_list_is_filtered_and_paged() {
        for (int level = 1; level <= 3; level++) {
            server.admin()
                    .upload(TestBundles.signed(
                            kernel, level, 0, TestBundles.manifest(level, "CVE-2026-0001"), alice()));
        }
        var admin = server.admin();
        String first = "/api/v1/bundles?limit=2&release=" + kernel.release();
        assertThat(items(first)).isEqualTo(2);
        assertThat(items(
                        first + "&cursor=" + admin.get(first).json().get("next").stringValue()))
                .isEqualTo(1);
        assertThat(items(first + "&cve=CVE-2026-0001")).isEqualTo(2);
        assertThat(items(first + "&cve=CVE-2026-9999")).isZero();
        assertThat(items(first + "&publication=2026-11-22.3")).isEqualTo(1);
        assertThat(admin.get("/api/v1/bundles?limit=0").problem()).isEqualTo("bad-parameter");
        assertThat(admin.get("/api/v1/bundles?cursor=x").problem()).isEqualTo("bad-parameter");
        assertThat(admin.get("/api/v1/bundles?cve=x").problem()).isEqualTo("bad-parameter");
    }

    @Test
    void the_list_is_narrowed_by_build_publisher_and_state() {
        var withdrawn = server.admin()
                .upload(TestBundles.signed(kernel, 1, 0, TestBundles.manifest(1), alice()))
                .as(PublishedBundle.class);
        server.admin().upload(TestBundles.signed(kernel, 2, 0, TestBundles.manifest(2), bob(), alice()));
        server.admin()
                .post(
                        "/api/v1/bundles/%s/withdrawal".formatted(withdrawn.identity()),
                        new WithdrawalRequest("it deadlocks"));
        String build = "/api/v1/bundles?buildId=" + kernel.buildId();
        assertThat(items(build)).isEqualTo(2);
        assertThat(items(build + "&publisher=bob%20(test)")).isEqualTo(1);
        assertThat(items(build + "&publisher=" + alice().certificate().fingerprint()))
                .isEqualTo(2);
        assertThat(items(build + "&publisher=nobody")).isZero();
        assertThat(items(build + "&state=published")).isEqualTo(1);
        assertThat(items(build + "&state=withdrawn&publisher=alice%20(test)")).isEqualTo(1);
        assertThat(items(build + "&state=withdrawn&publisher=bob%20(test)")).isZero();
        assertThat(server.admin().get(build + "&state=gone").problem()).isEqualTo("bad-parameter");
    }

    private int items(String path) {
        return server.admin().get(path).json().get("items").size();
    }
}
