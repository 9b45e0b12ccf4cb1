package io.rebootless.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.access.FailedAttempts;
import io.rebootless.server.access.Secret;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Line;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.TestServer;
import io.rebootless.wire.ApiKeyInfo;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.HostToken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers on one database, and a neighbour at everybody's address who shows the second one ever new tokens. */
class KnownNeighboursTest {
    /** More than the limits let fail at once. */
    private static final int FLOOD = 200;

    private static final String DIRECTIVE = "/api/v1/agent/directive";

    @TempDir
    static Path here;

    static TwoServers both;
    static TestServer a;
    static Line line;
    static TestServer b;
    static FailedAttempts failures;

    @BeforeAll
    static void start() throws Exception {
        both = TwoServers.start(here);
        a = both.a();
        line = both.line();
        b = both.b();
        failures = b.context().getBean(FailedAttempts.class);
        await(b.context().getBean(Link.class)::up);
    }

    @AfterAll
    static void stop() throws Exception {
        both.close();
    }

    /** Asks while the neighbour uses up what is left of the limits as soon as there is any. */
    private static <T> T inTheFlood(Callable<T> question) throws Exception {
        var over = new AtomicBoolean();
        var flood = new Thread(
                () -> {
                    for (long i = 0; !over.get(); i++) {
                        failures.unknown("127.0.0.1", Sha256.of(("stranger " + i).getBytes(StandardCharsets.UTF_8)));
                        if (i > FLOOD) {
                            LockSupport.parkNanos(500_000);
                        }
                    }
                },
                "flood");
        flood.start();
        try {
            Api stranger = b.api().as("rlht_" + UUID.randomUUID());
            await(() -> stranger.get(DIRECTIVE).status() == 429);
            return question.call();
        } finally {
            over.set(true);
            flood.join();
        }
    }

    private static void awaitThatBKnows(String secret) throws InterruptedException {
        Sha256 hash = new Secret(secret).hash();
        await(() -> failures.knows(hash));
    }

    private static String replacement(TestServer server, Enrollment host) {
        a.admin().post("/api/v1/hosts/%s/token-replacement".formatted(host.hostId()), Map.of());
        return server.api()
                .as(host.token())
                .post("/api/v1/agent/token", Map.of("version", 1))
                .as(HostToken.class)
                .token();
    }

    private static Enrollment enroll() {
        return Samples.enroll(a, Samples.kernel(), Map.of());
    }

    private static int poll(String token) {
        return b.api().as(token).get(DIRECTIVE).status();
    }

    @Test
    void a_host_that_has_joined_elsewhere_is_not_held_up() throws Exception {
        String token = enroll().token();
        awaitThatBKnows(token);
        assertThat(inTheFlood(() -> poll(token))).isEqualTo(200);
    }

    @Test
    void nor_is_one_that_joins_with_a_key_made_elsewhere() throws Exception {
        String key = Samples.key(a, 1, Map.of()).key();
        awaitThatBKnows(key);
        var request = Samples.request(key, "h", Samples.kernel());
        assertThat(inTheFlood(
                        () -> b.api().post("/api/v1/agent/enroll", request).status()))
                .isEqualTo(201);
    }

    @Test
    void nor_is_the_first_use_of_a_new_token_and_what_nobody_has_shown_is_known_no_more() throws Exception {
        var host = enroll();
        for (TestServer server : List.of(a, b)) {
            String lost = replacement(server, host);
            awaitThatBKnows(lost);
            String fresh = replacement(server, host);
            awaitThatBKnows(fresh);
            await(() -> !failures.knows(new Secret(lost).hash()));
            assertThat(inTheFlood(() -> poll(fresh))).isEqualTo(200);
            String before = host.token();
            await(() -> !failures.knows(new Secret(before).hash()));
            host = new Enrollment(host.version(), host.hostId(), fresh, host.labels(), host.pollSeconds());
        }
    }

    @Test
    void nor_is_anybody_whom_a_server_has_not_heard_of_while_it_was_cut_off() throws Exception {
        var host = enroll();
        String fresh;
        String key;
        line.cut();
        try {
            await(() -> !b.context().getBean(Link.class).up());
            fresh = replacement(a, host);
            key = Samples.key(a, 1, Map.of()).key();
        } finally {
            line.mend();
        }
        awaitThatBKnows(fresh);
        awaitThatBKnows(key);
        await(b.context().getBean(Link.class)::up);
        assertThat(inTheFlood(() -> poll(fresh))).isEqualTo(200);
    }

    @Test
    void nor_is_an_api_key_that_was_never_used_where_nobody_hears_of_the_others() throws Exception {
        var key = a.admin()
                .post("/api/v1/api-keys", Map.of("name", "k " + UUID.randomUUID(), "role", "viewer"))
                .as(ApiKeyInfo.class);
        Api viewer = b.api().as(key.key());
        var other = a.admin()
                .post("/api/v1/api-keys", Map.of("name", "k " + UUID.randomUUID(), "role", "viewer"))
                .as(ApiKeyInfo.class);
        // Its signal came after the first one's.
        await(() -> b.api().as(other.key()).get("/api/v1/hosts").status() == 200);
        String answer = inTheFlood(() -> {
            line.cut();
            try {
                await(() -> !b.context().getBean(Link.class).up());
                return viewer.get("/api/v1/hosts").problem();
            } finally {
                line.mend();
            }
        });
        assertThat(answer).as("the database is asked, and does not answer").isEqualTo("storage-unavailable");
        await(b.context().getBean(Link.class)::up);
    }

    private static void await(BooleanSupplier reached) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!reached.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }
}
