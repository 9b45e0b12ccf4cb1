package io.rebootless.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.fleet.CloneRule.Run;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Never an honest host, always two machines. */
class CloneRuleTest {
    private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

    /** A report on its way: made at one second, taken in at another. */
    private record Sent(String boot, long uptime, long arrives) {}

    /** All that the server remembers of one host. */
    private static final class Server {
        private List<Run> runs = List.of();
        private boolean accused;

        void hears(Sent report) {
            hears(report, report.arrives());
        }

        void hears(Sent report, long second) {
            Run now = CloneRule.heard(runs, report.boot(), report.uptime(), START.plusSeconds(second));
            accused |= CloneRule.cloneOf(now, runs).isPresent();
            var kept = new ArrayList<>(runs);
            kept.removeIf(run -> run.bootId().equals(now.bootId()));
            kept.add(now);
            runs = kept;
        }
    }

    /** One machine, which is set back to snapshots of its running memory as well. */
    private static final class Machine {
        private record Memory(String boot, long uptime) {}

        private final Random random;
        private final List<Memory> snapshots = new ArrayList<>();
        private final List<Sent> sent = new ArrayList<>();
        private long now;
        private int boots;
        private Memory running;

        Machine(Random random) {
            this.random = random;
            this.running = boot();
        }

        private Memory boot() {
            return new Memory("boot-" + boots++, 0);
        }

        private void run(long seconds) {
            now += seconds;
            running = new Memory(running.boot(), running.uptime() + seconds);
        }

        private void report() {
            sent.add(new Sent(running.boot(), running.uptime(), now + random.nextInt(CloneRule.MAX_DELAY_SECONDS + 1)));
        }

        void live(int steps) {
            for (int i = 0; i < steps; i++) {
                switch (random.nextInt(6)) {
                    case 0 -> {
                        now += 1 + random.nextInt(30);
                        running = boot();
                    }
                    case 1 -> snapshots.add(running);
                    case 2 -> {
                        // Kept, and fetched back at once: the way in which one machine looks most like two.
                        var before = running;
                        if (!snapshots.isEmpty()) {
                            running = snapshots.get(random.nextInt(snapshots.size()));
                            now += 1 + random.nextInt(5);
                        }
                        snapshots.add(before);
                    }
                    default -> run(1 + random.nextInt(120));
                }
                report();
            }
        }

        List<Sent> asTheyArrive() {
            return sent.stream().sorted(Comparator.comparingLong(Sent::arrives)).toList();
        }
    }

    @Property(tries = 500)
    void no_host_is_accused_that_reboots_and_is_set_back_to_snapshots(@ForAll long seed) {
        var machine = new Machine(new Random(seed));
        machine.live(300);
        var server = new Server();
        machine.asTheyArrive().forEach(server::hears);
        assertThat(server.accused).isFalse();
    }

    @Property(tries = 200)
    void one_machine_flipped_between_two_snapshots_all_the_time_is_one_machine(
            @ForAll @IntRange(min = 1, max = 200) int each, @ForAll long seed) {
        var random = new Random(seed);
        var server = new Server();
        long[] uptime = {1000, 5000};
        var sent = new ArrayList<Sent>();
        long now = 0;
        for (int i = 0; i < 200; i++) {
            int which = i % 2;
            sent.add(new Sent("boot-" + which, uptime[which], now + random.nextInt(61)));
            now += each;
            uptime[which] += each;
            sent.add(new Sent("boot-" + which, uptime[which], now + random.nextInt(61)));
            now += 1;
        }
        sent.stream().sorted(Comparator.comparingLong(Sent::arrives)).forEach(server::hears);
        assertThat(server.accused).isFalse();
    }

    @Property(tries = 200)
    void two_machines_that_report_side_by_side_are_found_within_ten_minutes(
            @ForAll @IntRange(min = 0, max = 100_000) int uptimeOfOne,
            @ForAll @IntRange(min = 0, max = 100_000) int uptimeOfOther,
            @ForAll long seed) {
        var random = new Random(seed);
        var server = new Server();
        var sent = new ArrayList<Sent>();
        for (long now = 0; now <= 600; now += 60) {
            sent.add(new Sent("one", uptimeOfOne + now, now + random.nextInt(20)));
            sent.add(new Sent("other", uptimeOfOther + now, now + random.nextInt(20)));
        }
        sent.stream().sorted(Comparator.comparingLong(Sent::arrives)).forEach(server::hears);
        assertThat(server.accused).isTrue();
    }

    @Test
    void a_clock_that_is_set_back_between_two_boots_accuses_nobody() {
        var server = new Server();
        server.hears(new Sent("before", 0, 0));
        server.hears(new Sent("before", 3600, 3600));
        server.hears(new Sent("after", 10, 0), 1800);
        server.hears(new Sent("after", 3610, 0), 5400);
        assertThat(server.accused).isFalse();
    }

    @Test
    void a_late_copy_of_an_old_report_accuses_nobody() {
        var server = new Server();
        server.hears(new Sent("before", 0, 0));
        server.hears(new Sent("before", 600, 600));
        server.hears(new Sent("after", 10, 640));
        server.hears(new Sent("before", 600, 1200));
        server.hears(new Sent("after", 1200, 1830));
        assertThat(server.accused).isFalse();
    }
}
