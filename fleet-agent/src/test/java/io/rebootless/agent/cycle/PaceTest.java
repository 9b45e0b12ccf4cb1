package io.rebootless.agent.cycle;

import static io.rebootless.agent.testing.HostileServer.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.testing.HostileContract;
import io.rebootless.agent.testing.HostileServer;
import io.rebootless.agent.testing.TestHost;
import io.rebootless.wire.AgentProtocol;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No answer makes an agent ask in a tight loop. */
class PaceTest {
    private static final int POLLS = 120;

    /** In a row, and those that come due meanwhile. */
    private static final int POLLS_A_MINUTE = Pace.IN_A_ROW + 60 / (int) Pace.THEN_EVERY.toSeconds() + 1;

    /** With a poll: a token, a bundle by way of three redirects, and a report for each step of an order. */
    private static final int REQUESTS_A_POLL = 16;

    @TempDir
    private Path directory;

    @Test
    void tenInARowThenOneEveryFourSecondsAndARestGivesThemBack() {
        var pace = new Pace();
        var now = Duration.ofSeconds(1000);
        for (int i = 0; i < Pace.IN_A_ROW; i++) {
            assertThat(pace.before(now)).isZero();
        }
        for (int i = 0; i < 5; i++) {
            assertThat(pace.before(now)).isEqualTo(Pace.THEN_EVERY);
            now = now.plus(Pace.THEN_EVERY);
        }
        now = now.plusSeconds(3600);
        for (int i = 0; i < Pace.IN_A_ROW; i++) {
            assertThat(pace.before(now)).isZero();
        }
        assertThat(pace.before(now)).isEqualTo(Pace.THEN_EVERY);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @Timeout(300)
    void whateverIsAnsweredInWhateverOrder(long seed) throws Exception {
        var random = new Random(seed);
        var generation = new AtomicLong(10);
        List<Duration> polls = new CopyOnWriteArrayList<>();
        List<Duration> requests = new CopyOnWriteArrayList<>();
        try (var host = new TestHost(directory);
                var server = HostileServer.start((head, out) -> {
                    var now = host.clock().sinceBoot();
                    requests.add(now);
                    boolean poll = head.contains(AgentProtocol.DIRECTIVE);
                    if (poll) {
                        polls.add(now);
                    }
                    HostileContract.write(out, any(random, poll, generation));
                })) {
            var patrol = host.patrolAt(server.uri(), HostileContract.SHORT);
            var thread = new Thread(() -> {
                try {
                    patrol.run();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            thread.start();
            while (polls.size() < POLLS && thread.isAlive()) {
                Thread.sleep(20);
            }
            assertThat(thread.isAlive()).as("no answer ends the agent").isTrue();
            patrol.stop().close();
            thread.join(30_000);

            assertThat(mostInAMinute(polls)).isLessThanOrEqualTo(POLLS_A_MINUTE);
            assertThat(mostInAMinute(requests)).isLessThanOrEqualTo(POLLS_A_MINUTE * REQUESTS_A_POLL);
        }
    }

    private static int mostInAMinute(List<Duration> moments) {
        int most = 0;
        for (int from = 0, to = 0; to < moments.size(); to++) {
            while (moments.get(to).minus(moments.get(from)).compareTo(Duration.ofMinutes(1)) > 0) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }

    /** Not 410, which ends an agent by agreement. */
    private static String any(Random random, boolean poll, AtomicLong generation) {
        String wishes = List.of(
                        "Rebootless-Poll-Seconds: 0",
                        "Rebootless-Poll-Seconds: 1\r\nRebootless-Token-Wanted: true",
                        "Rebootless-Poll-Seconds: 1\r\nRebootless-Report-Wanted: true",
                        "Rebootless-Poll-Seconds: -5",
                        "Rebootless-Poll-Seconds: 99999999999999999999",
                        "Retry-After: 0")
                .get(random.nextInt(6));
        long next = generation.addAndGet(random.nextInt(5) - 1L);
        String digest = "%064x".formatted(next);
        String bundle = "{\"identity\":\"%s\",\"fileDigest\":\"%s\",\"size\":1000,\"level\":%d,\"publication\":\"p\"}"
                .formatted(digest, digest, next);
        return switch (random.nextInt(poll ? 12 : 6)) {
            case 0 -> answer(503, "Retry-After: 0", "");
            case 1 -> answer(500, "", "");
            case 2 -> "";
            case 3 -> answer(200, wishes, "{\"version\":1,\"token\":\"rlht_%d\"}".formatted(next));
            case 4 -> answer(200, wishes, "{\"version\":1,\"number\":%d,\"journalAcknowledged\":99}".formatted(next));
            case 5 -> answer(302, "Location: /", "");
            case 6 -> answer(429, wishes, "");
            case 7 -> answer(304, wishes, "");
            case 8 -> answer(200, wishes, "{\"version\":1,\"generation\":%d,\"order\":\"none\"}".formatted(next));
            case 9 -> answer(200, wishes, "{\"version\":1,\"generation\":%d,\"order\":\"hold\"}".formatted(next));
            default ->
                answer(
                        200,
                        wishes,
                        "{\"version\":1,\"generation\":%d,\"order\":\"run\",\"bundle\":%s}".formatted(next, bundle));
        };
    }
}
