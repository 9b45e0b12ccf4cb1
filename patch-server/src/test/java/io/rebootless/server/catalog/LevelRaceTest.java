package io.rebootless.server.catalog;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.Directive;
import io.rebootless.wire.WithdrawalRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers on one database and one store: whoever publishes where, a level has one bundle. */
class LevelRaceTest {
    private static final int ROUNDS = 20;

    @TempDir
    static Path data;

    static TestServer one;
    static TestServer other;

    @BeforeAll
    static void two_servers() throws Exception {
        one = TestServer.start(data.resolve("one"), List.of());
        Files.createDirectories(data.resolve("other"));
        Files.createSymbolicLink(data.resolve("other/bundles"), data.resolve("one/bundles"));
        other = TestServer.start(data.resolve("other"), one.sameDatabase());
        for (var server : List.of(one, other)) {
            server.trust("alice", alice());
            server.trust("bob", bob());
        }
    }

    @AfterAll
    static void stop() {
        if (other != null) {
            other.close();
        }
        if (one != null) {
            one.close();
        }
    }

    /** A race of two different bundles for each of many levels. */
    private static void race(Api left, Api right) {
        KernelBuild kernel = Samples.kernel();
        for (int level = 1; level <= ROUNDS; level++) {
            byte[] mine = TestBundles.signed(kernel, level, 0, TestBundles.manifest(level), alice());
            byte[] theirs = TestBundles.signed(kernel, level, 0, TestBundles.manifest(level), bob());
            var answers = Stream.of(
                            left.sendLater(left.uploading(BodyPublishers.ofByteArray(mine))),
                            right.sendLater(right.uploading(BodyPublishers.ofByteArray(theirs))))
                    .toList()
                    .stream()
                    .map(java.util.concurrent.CompletableFuture::join)
                    .toList();
            assertThat(answers).extracting(Api.Answer::status).containsExactlyInAnyOrder(201, 409);
            var loser =
                    answers.stream().filter(answer -> answer.status() == 409).findFirst();
            assertThat(loser.orElseThrow().problem()).isEqualTo("level-conflict");
            assertThat(loser.orElseThrow().text())
                    .contains("Level %d for".formatted(level), "Give the bundle a level above");
        }
    }

    @Test
    void of_two_different_bundles_for_one_level_exactly_one_wins_on_one_server() {
        race(one.admin(), one.admin());
    }

    @Test
    void of_two_different_bundles_for_one_level_exactly_one_wins_on_two_servers() {
        race(one.admin(), other.api().as(one.admin().key()));
    }

    @Test
    void what_one_server_withdraws_the_other_orders_no_more() throws Exception {
        KernelBuild kernel = Samples.kernel();
        var host = other.api().as(Samples.enroll(one, kernel, Map.of()).token());
        var good = TestBundles.signed(kernel, 1, 0, TestBundles.manifest(1), alice());
        var bad = TestBundles.signed(kernel, 2, 0, TestBundles.manifest(2), alice());
        one.admin().upload(good);
        var published = one.admin().upload(bad).json();
        assertThat(eventually(host, 2)).isEqualTo(2);
        one.admin()
                .post(
                        "/api/v1/bundles/%s/withdrawal"
                                .formatted(published.get("identity").stringValue()),
                        new WithdrawalRequest("it deadlocks"));
        assertThat(host.get("/api/v1/bundles/" + published.get("fileDigest").stringValue())
                        .problem())
                .as("at once, whatever the other server still orders")
                .isEqualTo("bundle-withdrawn");
        assertThat(eventually(host, 1)).isEqualTo(1);
    }

    private static long eventually(Api host, long level) throws InterruptedException {
        long found = 0;
        for (int i = 0; i < 300 && found != level; i++) {
            var directive = host.get("/api/v1/agent/directive").as(Directive.class);
            found = directive.bundle() == null ? 0 : directive.bundle().level();
            Thread.sleep(100);
        }
        return found;
    }
}
