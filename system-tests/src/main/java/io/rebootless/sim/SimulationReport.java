package io.rebootless.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What is to be known of a run, in words and figures. */
final class SimulationReport {
    private static final double MICROS_PER_MILLI = 1000;

    private final List<String> lines = new ArrayList<>();

    SimulationReport(String commit, int hosts, int failingPercent, Duration interval) {
        lines.add("# A rollout to a large fleet\n");
        lines.add(
                "%s, commit %s. %d simulated hosts of three kernel builds, each polling every %d s, %d %% of them failing;"
                                .formatted(
                                        Instant.now().toString().substring(0, 10),
                                        commit,
                                        hosts,
                                        interval.toSeconds(),
                                        failingPercent)
                        + " two servers on one PostgreSQL, all on this machine of %d processors. Repeat with `make bench-rollout`.\n"
                                .formatted(Runtime.getRuntime().availableProcessors()));
        lines.add("| what | figure |");
        lines.add("|---|---|");
    }

    private void line(String what, String figure) {
        lines.add("| %s | %s |".formatted(what, figure));
    }

    void enrolled(Duration took) {
        line("all hosts enrolled, each with a first report", seconds(took));
    }

    void killed(Duration after, Duration until) {
        line("one server killed (-9), after the publication", seconds(after));
        line("until it served again", seconds(until));
    }

    void completed(Duration took) {
        line("from publication to the end of the last ring", seconds(took));
    }

    void told(int hosts) {
        line("hosts told to run it", Integer.toString(hosts));
    }

    void crashed(int hosts, Duration halt) {
        line("a level that crashes every host: hosts that were told to run it", Integer.toString(hosts));
        line(
                "from the first report of a crash to the halt, the slowest kernel build",
                "%d ms".formatted(halt.toMillis()));
    }

    void polls(List<Integer> micros, long unanswered) {
        line("polls answered", Integer.toString(micros.size()));
        line("a poll, median and 99th percentile", "%s, %s".formatted(quantile(micros, 50), quantile(micros, 99)));
        line(
                "polls and reports that no server answered as it should, and that were made again",
                Long.toString(unanswered));
    }

    void build(String publication, int hosts, int told, List<RingCheck.Ring> rings) {
        String times = rings.stream()
                .map(ring -> "%s at %d s"
                        .formatted(
                                ring.reach(),
                                Duration.between(rings.get(0).began(), ring.began())
                                        .toSeconds()))
                .collect(Collectors.joining(", "));
        line("%s, a kernel build of %d hosts: told".formatted(publication, hosts), "%d; %s".formatted(told, times));
    }

    void violations(List<String> violations) {
        line(
                "hosts told outside the rings, or anything else that must not be",
                violations.isEmpty() ? "none" : String.join("; ", violations));
    }

    private static String quantile(List<Integer> sorted, int percent) {
        int index = Math.min(sorted.size() - 1, sorted.size() * percent / 100);
        return sorted.isEmpty() ? "none" : "%.1f ms".formatted(sorted.get(index) / MICROS_PER_MILLI);
    }

    private static String seconds(Duration duration) {
        return "%.1f s".formatted(duration.toMillis() / 1000.0);
    }

    String markdown() {
        return String.join("\n", lines) + "\n";
    }
}
