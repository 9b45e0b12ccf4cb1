package io.rebootless.server.catalog;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Manifest;
import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Directive.Order;
import io.rebootless.wire.Publication;
import io.rebootless.wire.PublicationState;
import io.rebootless.wire.PublishedBundle;
import io.rebootless.wire.Withdrawal;
import io.rebootless.wire.WithdrawalRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@ExtendWith(SharedServer.class)
class WithdrawalTest {
    private final TestServer server;
    private final Api admin;
    private final KernelBuild kernel = Samples.kernel();
    private final String fix = "fix-" + UUID.randomUUID();

    WithdrawalTest(TestServer server) {
        this.server = server;
        this.admin = server.admin();
    }

    private Manifest manifest(String publication, String... cves) {
        var plain = TestBundles.manifest(1, cves);
        return new Manifest(
                publication,
                plain.title(),
                plain.created(),
                plain.cves(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of());
    }

    private byte[] file(KernelBuild build, long level, String publication, String... cves) {
        return TestBundles.signed(build, level, 0, manifest(publication, cves), alice());
    }

    private PublishedBundle publish(long level, String... cves) {
        var answer = admin.upload(file(kernel, level, fix + "." + level, cves));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.as(PublishedBundle.class);
    }

    private Api.Answer withdraw(Sha256 digest, String reason) {
        return admin.post("/api/v1/bundles/%s/withdrawal".formatted(digest), new WithdrawalRequest(reason));
    }

    private Directive directive(Api host) {
        return host.get("/api/v1/agent/directive").as(Directive.class);
    }

    @Test
    void a_withdrawal_that_is_rolled_back_with_its_request_was_never_seen() {
        var published = publish(1);
        var catalog = server.context().getBean(Catalog.class);
        var withdrawing = server.context().getBean(Withdrawing.class);
        long before = catalog.snapshot().generation();
        new TransactionTemplate(server.context().getBean(PlatformTransactionManager.class))
                .executeWithoutResult(status -> {
                    withdrawing.bundle(published.identity(), new Withdrawal(Instant.now(), "x", "mistaken"));
                    assertThat(catalog.snapshot().generation()).isEqualTo(before);
                    status.setRollbackOnly();
                });
        assertThat(catalog.snapshot().withdrawn()).doesNotContain(published.identity());
    }

    @Test
    void a_withdrawal_with_an_idempotency_key_is_told_too() throws Exception {
        var published = publish(1);
        Api host = server.api().as(Samples.enroll(server, kernel, Map.of()).token());
        assertThat(directive(host).order()).isEqualTo(Order.RUN);
        var answer = admin.send(admin.json("/api/v1/bundles/%s/withdrawal".formatted(published.identity()))
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(BodyPublishers.ofString("{\"reason\":\"it crashes\"}")));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        for (int tries = 0; tries < 100 && directive(host).order() != Order.NONE; tries++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertThat(directive(host).order()).isEqualTo(Order.NONE);
    }

    private long audited(String action, String subject) {
        return server.jdbc()
                .sql("SELECT count(*) FROM audit_entry WHERE action = ? AND subject = ?")
                .params(action, subject)
                .query(Long.class)
                .single();
    }

    @Test
    void hosts_are_told_the_newest_good_level_and_none_when_there_is_none() {
        var host = server.api().as(Samples.enroll(server, kernel, Map.of()).token());
        var one = publish(1);
        var two = publish(2);
        var three = publish(3);
        long before = directive(host).generation();
        withdraw(three.identity(), "it deadlocks");
        assertThat(directive(host).bundle().level()).isEqualTo(2);
        assertThat(directive(host).generation()).isGreaterThan(before);
        withdraw(one.fileDigest(), "superseded");
        assertThat(directive(host).bundle().level()).isEqualTo(2);
        withdraw(two.identity(), "it deadlocks, too");
        assertThat(directive(host).order()).isEqualTo(Order.NONE);
        assertThat(directive(host).reason()).contains("withdrawn");
    }

    @Test
    void it_stays_visible_with_its_reason_and_the_first_withdrawal_counts() {
        var bundle = publish(1);
        var withdrawn = withdraw(bundle.identity(), "it deadlocks").as(PublishedBundle.class);
        assertThat(withdrawn.state()).isEqualTo(PublicationState.WITHDRAWN);
        assertThat(withdrawn.withdrawal().reason()).isEqualTo("it deadlocks");
        assertThat(withdrawn.withdrawal().by()).isEqualTo("admin.key");
        var again = withdraw(bundle.identity(), "another reason");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.as(PublishedBundle.class)).isEqualTo(withdrawn);
        assertThat(admin.get("/api/v1/bundles/%s/info".formatted(bundle.identity()))
                        .as(PublishedBundle.class))
                .isEqualTo(withdrawn);
        assertThat(audited("bundle.published", "bundle:" + bundle.identity())).isEqualTo(1);
        assertThat(audited("bundle.withdrawn", "bundle:" + bundle.identity())).isEqualTo(1);
    }

    @Test
    void a_host_never_gets_its_bytes_and_people_still_do() {
        var host = server.api().as(Samples.enroll(server, kernel, Map.of()).token());
        byte[] file = file(kernel, 1, fix);
        admin.upload(file);
        String path = "/api/v1/bundles/" + Sha256.of(file);
        assertThat(host.get(path).status()).isEqualTo(200);
        withdraw(Sha256.of(file), "it deadlocks");
        var refused = host.get(path);
        assertThat(refused.problem()).isEqualTo("bundle-withdrawn");
        assertThat(refused.text()).contains("it deadlocks");
        assertThat(host.send(host.request(path).header("Range", "bytes=0-9")).problem())
                .isEqualTo("bundle-withdrawn");
        assertThat(host.send(host.request(path).method("HEAD", BodyPublishers.noBody()))
                        .status())
                .isEqualTo(404);
        assertThat(admin.get(path).body()).isEqualTo(file);
    }

    @Test
    void its_level_stays_taken_and_its_cves_need_not_come_again() {
        publish(1, "CVE-2026-0001");
        var two = publish(2, "CVE-2026-0001", "CVE-2026-0002");
        withdraw(two.identity(), "the second fix is wrong");
        var same = admin.upload(file(kernel, 2, fix + ".2"));
        assertThat(same.problem()).isEqualTo("level-conflict");
        assertThat(admin.upload(file(kernel, 3, fix + ".3", "CVE-2026-0002")).problem())
                .as("level 1 is good and names another CVE")
                .isEqualTo("cve-dropped");
        assertThat(admin.upload(file(kernel, 3, fix + ".3", "CVE-2026-0001")).status())
                .isEqualTo(201);
    }

    @Test
    void uploading_it_again_does_not_bring_it_back() {
        byte[] file = file(kernel, 1, fix);
        admin.upload(file);
        withdraw(Sha256.of(file), "it deadlocks");
        var again = admin.upload(file);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.as(PublishedBundle.class).state()).isEqualTo(PublicationState.WITHDRAWN);
    }

    @Test
    void a_publication_is_withdrawn_on_all_its_kernel_builds_and_for_good() {
        KernelBuild other = Samples.kernel();
        admin.upload(file(kernel, 1, fix));
        admin.upload(file(other, 4, fix));
        var shown = admin.get("/api/v1/publications/" + fix).as(Publication.class);
        assertThat(shown.state()).isEqualTo(PublicationState.PUBLISHED);
        assertThat(shown.bundles()).extracting(Publication.Build::kernel).containsExactly(kernel, other);
        assertThat(shown.bundles()).extracting(Publication.Build::level).containsExactly(1L, 4L);
        withdraw(shown.bundles().get(0).identity(), "here first");
        assertThat(admin.get("/api/v1/publications/" + fix)
                        .as(Publication.class)
                        .state())
                .as("one of two is still good")
                .isEqualTo(PublicationState.PUBLISHED);

        String path = "/api/v1/publications/%s/withdrawal".formatted(fix);
        var withdrawn = admin.post(path, new WithdrawalRequest("it deadlocks")).as(Publication.class);
        assertThat(withdrawn.state()).isEqualTo(PublicationState.WITHDRAWN);
        assertThat(withdrawn.withdrawal().reason()).isEqualTo("it deadlocks");
        assertThat(withdrawn.bundles()).allMatch(build -> build.state() == PublicationState.WITHDRAWN);
        assertThat(admin.get("/api/v1/bundles/%s/info"
                                .formatted(shown.bundles().get(0).identity()))
                        .as(PublishedBundle.class)
                        .withdrawal()
                        .reason())
                .isEqualTo("here first");
        assertThat(admin.post(path, new WithdrawalRequest("again")).as(Publication.class))
                .isEqualTo(withdrawn);
        assertThat(audited("publication.withdrawn", "publication:" + fix)).isEqualTo(1);

        var late = admin.upload(file(Samples.kernel(), 1, fix));
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.problem()).isEqualTo("publication-withdrawn");
        assertThat(late.text()).contains("it deadlocks");
    }

    @Test
    void publications_are_listed_newest_first_in_parts() {
        admin.upload(file(kernel, 1, fix + ".a"));
        admin.upload(file(Samples.kernel(), 1, fix + ".b"));
        admin.upload(file(kernel, 2, fix + ".c"));
        var first = admin.get("/api/v1/publications?limit=2").json();
        assertThat(first.get("items").get(0).get("name").stringValue()).isEqualTo(fix + ".c");
        assertThat(first.get("items").get(1).get("name").stringValue()).isEqualTo(fix + ".b");
        var second = admin.get("/api/v1/publications?limit=1&cursor="
                        + first.get("next").stringValue())
                .json();
        assertThat(second.get("items").get(0).get("name").stringValue()).isEqualTo(fix + ".a");
    }

    @Test
    void what_is_not_there_or_has_no_reason_is_refused_and_changes_nothing() {
        var bundle = publish(1);
        assertThat(withdraw(Sha256.of(new byte[9]), "x").problem()).isEqualTo("not-found");
        assertThat(admin.post("/api/v1/publications/%s/withdrawal".formatted(fix), new WithdrawalRequest("x"))
                        .problem())
                .isEqualTo("not-found");
        String path = "/api/v1/bundles/%s/withdrawal".formatted(bundle.identity());
        assertThat(admin.post(path, Map.of("reason", " ")).problem()).isEqualTo("bad-request");
        assertThat(admin.post(path, Map.of()).problem()).isEqualTo("bad-request");
        assertThat(admin.get("/api/v1/bundles/%s/info".formatted(bundle.identity()))
                        .as(PublishedBundle.class)
                        .state())
                .isEqualTo(PublicationState.PUBLISHED);
    }
}
