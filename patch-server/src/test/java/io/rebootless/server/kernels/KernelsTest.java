package io.rebootless.server.kernels;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.catalog.CatalogSnapshot;
import io.rebootless.server.catalog.Releases;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BuildCoverage;
import io.rebootless.wire.BuildCoverage.Coverage;
import io.rebootless.wire.GateReport;
import io.rebootless.wire.KernelCoverage;
import io.rebootless.wire.NotAffectedRequest;
import io.rebootless.wire.PublishedBundle;
import io.rebootless.wire.WithdrawalRequest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedServer.class)
class KernelsTest {
    private static final String CVE = "CVE-2026-7777";

    private final TestServer server;
    private final Api admin;
    private final KernelBuild kernel = Samples.kernel();
    private final String path = "/api/v1/kernels/" + kernel.buildId();

    KernelsTest(TestServer server) {
        this.server = server;
        this.admin = server.admin();
    }

    private PublishedBundle publish(long level) {
        return admin.upload(TestBundles.signed(kernel, level, 0, TestBundles.manifest(level), alice()))
                .as(PublishedBundle.class);
    }

    private KernelCoverage coverage() {
        return admin.get(path).as(KernelCoverage.class);
    }

    private int listed(String query) {
        return admin.get("/api/v1/kernels?" + query).json().get("items").size();
    }

    @Test
    void a_build_is_covered_by_the_newest_level_that_was_not_withdrawn_before_anyone_enrols() {
        assertThat(admin.get(path).problem()).isEqualTo("not-found");
        publish(1);
        var two = publish(2);
        assertThat(coverage().hosts()).isZero();
        assertThat(coverage().covered()).isTrue();
        assertThat(coverage().latest().level()).isEqualTo(2);
        admin.post("/api/v1/bundles/%s/withdrawal".formatted(two.identity()), new WithdrawalRequest("x"));
        assertThat(coverage().latest().level()).isEqualTo(1);
    }

    @Test
    void a_build_known_from_hosts_alone_misses_a_bundle_and_hosts_that_left_do_not_count() {
        var one = Samples.enroll(server, kernel, Map.of());
        Samples.enroll(server, kernel, Map.of());
        assertThat(coverage().hosts()).isEqualTo(2);
        assertThat(coverage().covered()).isFalse();
        assertThat(listed("missing=true&release=" + kernel.release())).isEqualTo(1);
        admin.delete("/api/v1/hosts/" + one.hostId());
        assertThat(coverage().hosts()).isEqualTo(1);
        publish(1);
        assertThat(coverage().covered()).isTrue();
        assertThat(listed("missing=true&release=" + kernel.release())).isZero();
        assertThat(listed("release=" + kernel.release())).isEqualTo(1);
    }

    private BuildCoverage askedWithoutKey() {
        return server.api()
                .get("/api/v1/agent/coverage?buildId=" + kernel.buildId())
                .as(BuildCoverage.class);
    }

    @Test
    void without_a_key_anybody_learns_what_is_published_for_a_build_and_nothing_of_the_hosts_that_run_it() {
        assertThat(askedWithoutKey()).isEqualTo(new BuildCoverage(1, Coverage.UNKNOWN, null));
        Samples.enroll(server, kernel, Map.of());
        assertThat(askedWithoutKey().coverage())
                .as("a host alone does not show")
                .isEqualTo(Coverage.UNKNOWN);
        var one = publish(1);
        var two = publish(2);
        assertThat(askedWithoutKey()).isEqualTo(new BuildCoverage(1, Coverage.COVERED, 2L));
        admin.post("/api/v1/bundles/%s/withdrawal".formatted(two.identity()), new WithdrawalRequest("x"));
        assertThat(askedWithoutKey()).isEqualTo(new BuildCoverage(1, Coverage.COVERED, 1L));
        admin.post("/api/v1/bundles/%s/withdrawal".formatted(one.identity()), new WithdrawalRequest("x"));
        assertThat(askedWithoutKey()).isEqualTo(new BuildCoverage(1, Coverage.BUNDLE_MISSING, null));
        assertThat(server.api().get("/api/v1/agent/coverage?buildId=no").problem())
                .isEqualTo("bad-parameter");
        assertThat(server.api().get("/api/v1/agent/coverage").status()).isEqualTo(400);
    }

    @Test
    void the_list_comes_in_parts_without_gaps_or_repeats() {
        publish(1);
        Samples.enroll(server, Samples.kernel(), Map.of());
        var all = admin.get("/api/v1/kernels?limit=1000").json().get("items");
        var seen = new java.util.ArrayList<String>();
        String cursor = "";
        do {
            var page = admin.get("/api/v1/kernels?limit=2" + cursor).json();
            page.get("items")
                    .forEach(item -> seen.add(item.get("kernel").get("buildId").stringValue()));
            cursor = page.has("next") ? "&cursor=" + page.get("next").stringValue() : "";
        } while (!cursor.isEmpty());
        assertThat(seen).hasSize(all.size()).doesNotHaveDuplicates();
        assertThat(admin.get("/api/v1/kernels?limit=0").problem()).isEqualTo("bad-parameter");
        assertThat(admin.get("/api/v1/kernels/xyz").problem()).isEqualTo("not-found");
    }

    @Test
    void not_affected_is_stated_with_a_reason_turns_the_gate_and_is_retracted() {
        String label = "kernels-test=" + kernel.release();
        var host = Samples.enroll(server, kernel, Map.of("kernels-test", kernel.release()));
        server.api()
                .as(host.token())
                .put("/api/v1/agent/report", Samples.report(UUID.randomUUID(), 1, kernel, AgentState.IDLE, 0, null));
        assertThat(gate(label)).isEqualTo(GateReport.Verdict.UNKNOWN);
        var stated = admin.post(path + "/statements", new NotAffectedRequest(CVE, "the driver is not built"));
        assertThat(stated.status()).isEqualTo(200);
        assertThat(stated.json().get("by").stringValue()).isEqualTo("admin.key");
        assertThat(admin.post(path + "/statements", new NotAffectedRequest(CVE, "the driver is not built"))
                        .json())
                .as("the same again changes nothing")
                .isEqualTo(stated.json());
        assertThat(gate(label)).isEqualTo(GateReport.Verdict.PROTECTED);
        assertThat(admin.get("/api/v1/gate?cve=%s&label=%s".formatted(CVE, label))
                        .text())
                .contains("the driver is not built");
        assertThat(admin.get(path + "/statements").json().get("items")).hasSize(1);
        assertThat(admin.delete(path + "/statements/" + CVE).status()).isEqualTo(204);
        assertThat(admin.delete(path + "/statements/" + CVE).problem()).isEqualTo("not-found");
        assertThat(gate(label)).isEqualTo(GateReport.Verdict.UNKNOWN);
        assertThat(server.jdbc()
                        .sql("SELECT action FROM audit_entry WHERE subject = ? ORDER BY id")
                        .param("kernel:" + kernel.buildId())
                        .query(String.class)
                        .list())
                .containsExactly("cve.not-affected-stated", "cve.not-affected-retracted");
    }

    private GateReport.Verdict gate(String label) {
        return admin.get("/api/v1/gate?cve=%s&label=%s".formatted(CVE, label))
                .as(GateReport.class)
                .verdict();
    }

    @Test
    void a_statement_about_an_unknown_build_or_without_a_cve_or_reason_is_refused() {
        assertThat(admin.post(path + "/statements", new NotAffectedRequest(CVE, "x"))
                        .problem())
                .isEqualTo("not-found");
        publish(1);
        assertThat(admin.post(path + "/statements", Map.of("cve", "CVE-1", "reason", "x"))
                        .problem())
                .isEqualTo("bad-request");
        assertThat(admin.post(path + "/statements", Map.of("cve", CVE, "reason", " "))
                        .problem())
                .isEqualTo("bad-request");
        assertThat(admin.post(path + "/statements", Map.of("cve", CVE)).problem())
                .isEqualTo("bad-request");
        assertThat(admin.get(path + "/statements").json().get("items")).isEmpty();
    }

    @Test
    void a_build_id_that_a_host_claims_for_another_release_is_what_was_published() {
        var liar = new KernelBuild("6.1.0-lies", kernel.version(), kernel.machine(), kernel.buildId());
        var published = new CatalogSnapshot(
                1,
                Map.of(),
                Map.of(),
                java.util.Set.of(kernel),
                java.util.Set.of(),
                java.util.Set.of(),
                new Releases(java.util.Set.of(), java.util.Set.of(), Map.of()));
        var all = CoverageRule.of(published, Map.of(liar, 5L));
        assertThat(all).hasSize(2);
        assertThat(CoverageRule.find(all, kernel.buildId(), published)
                        .orElseThrow()
                        .kernel())
                .isEqualTo(kernel);
        assertThat(CoverageRule.find(all, new BuildId("00".repeat(20)), published))
                .isEmpty();
        assertThat(CoverageRule.of(published, Map.of()))
                .extracting(KernelCoverage::covered)
                .isEqualTo(List.of(false));
    }
}
