package io.rebootless.bench.agent;

import io.rebootless.wire.AgentProtocol;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/** What was measured, for people and for programs. */
record AgentReport(
        String commit,
        int polls,
        Duration idle,
        List<AgentPackage> packages,
        List<Candidate> candidates,
        List<Usage> puppet) {

    private static final double MIB = 1024 * 1024;
    private static final double KIB_A_MIB = 1024;
    private static final double MOST_RESIDENT_MIB = 64;
    private static final double AIM_RESIDENT_MIB = 48;
    private static final double MOST_CORE = 0.001;
    private static final double MOST_PACKED_MIB = 40;

    /** Polls follow each other after the longest wait and the shortest pause. */
    private static final double SECONDS_A_POLL = AgentProtocol.MAX_WAIT_SECONDS + 1;

    /** Packages are made with the first Java; the others are shown beside it. */
    boolean passed() {
        var agent = packages.get(0);
        return agent.packed() / MIB <= MOST_PACKED_MIB
                && candidates.stream()
                        .filter(candidate -> candidate.way().shipped()
                                && candidate.way().agent().equals(agent))
                        .allMatch(
                                candidate -> resident(candidate) <= MOST_RESIDENT_MIB && core(candidate) <= MOST_CORE);
    }

    /** The most that was seen after the polls: at their end, or after the idle stretch. */
    private static double resident(Candidate candidate) {
        return Math.max(
                        candidate.afterPolls().residentKib(),
                        candidate.afterIdling().residentKib())
                / KIB_A_MIB;
    }

    /** Polls at their real pace, and what was used between them: the few polls of the idle stretch count twice. */
    private double core(Candidate candidate) {
        return candidate.pollMillis(polls) / 1e3 / SECONDS_A_POLL + candidate.idleCore();
    }

    String csv() {
        var lines = new StringBuilder(
                "java,way,when,resident_kib,pss_kib,anonymous_kib,peak_kib,cpu_ms,poll_cpu_ms,idle_core,packed_bytes\n");
        for (var candidate : candidates) {
            line(lines, candidate, "settled", candidate.afterSettling());
            line(lines, candidate, "polled", candidate.afterPolls());
            line(lines, candidate, "idle", candidate.afterIdling());
        }
        for (int i = 0; i < puppet.size(); i++) {
            var usage = puppet.get(i);
            lines.append("ruby,puppet-agent,%s,%s,,,%n".formatted(i == 0 ? "polled" : "idle", fields(usage)));
        }
        return lines.toString();
    }

    private void line(StringBuilder lines, Candidate candidate, String when, Usage usage) {
        lines.append(String.format(
                Locale.ROOT,
                "%s,\"%s\",%s,%s,%.3f,%.6f,%d%n",
                candidate.way().agent().java(),
                candidate.way().name(),
                when,
                fields(usage),
                candidate.pollMillis(polls),
                candidate.idleCore(),
                candidate.way().agent().packed()));
    }

    private static String fields(Usage usage) {
        return "%d,%d,%d,%d,%d"
                .formatted(
                        usage.residentKib(),
                        usage.proportionalKib(),
                        usage.anonymousKib(),
                        usage.peakKib(),
                        usage.cpu().toMillis());
    }

    String markdown() {
        var text = new StringBuilder("""
                # What the agent costs a host that waits

                `make bench-agent`, %s, commit %s, %,d polls over TLS.

                Each agent is enrolled, fetches a bundle of 5 MiB, has it verified, hands it over, reports that it has \
                settled, and polls: once a second so that it is done in minutes, then for %d minutes hanging on the \
                line as on the real server. Memory is the most of the end of either, in MiB. The package is the \
                Debian package.

                | | resident, at most 64, aim 48 | Pss | one poll, ms of CPU | between polls, %% of a core | together, at most 0.1 %% | package, at most 40 MiB |
                |---|---|---|---|---|---|---|
                """.formatted(LocalDate.now(ZoneOffset.UTC), commit, polls, idle.toMinutes()));
        candidates.stream()
                .filter(candidate -> candidate.way().shipped())
                .forEach(shipped -> text.append(String.format(
                        Locale.ROOT,
                        "| on Java %s | **%.1f**, %s | %.1f | %.1f | %.4f | **%.3f**, %s | **%.1f**, %s (%.0f unpacked) |%n",
                        shipped.way().agent().java(),
                        resident(shipped),
                        resident(shipped) <= AIM_RESIDENT_MIB
                                ? "aim met"
                                : verdict(resident(shipped), MOST_RESIDENT_MIB),
                        shipped.afterIdling().proportionalKib() / KIB_A_MIB,
                        shipped.pollMillis(polls),
                        shipped.idleCore() * 100,
                        core(shipped) * 100,
                        verdict(core(shipped), MOST_CORE),
                        shipped.way().agent().packed() / MIB,
                        verdict(shipped.way().agent().packed() / MIB, MOST_PACKED_MIB),
                        shipped.way().agent().unpacked() / MIB)));
        text.append(yardstick());
        return text.append(steps(packages.get(0))).toString();
    }

    private String yardstick() {
        if (puppet.size() < 2) {
            return "\nThere was no puppet-agent to compare it with: that takes root, debootstrap and Debian's archive.\n";
        }
        var last = puppet.get(1);
        return String.format(
                Locale.ROOT,
                """
                | Debian 12's puppet-agent | %.1f | %.1f | – | – | %.3f | |

                It is the yardstick: a daemon in the same run that has no master and tries every two minutes whether \
                there is one.
                """,
                last.residentKib() / KIB_A_MIB,
                last.proportionalKib() / KIB_A_MIB,
                last.coreSince(puppet.get(0)) * 100);
    }

    private String steps(AgentPackage agent) {
        var table = new StringBuilder("""

                ## What each part of it buys, on Java %s

                The same agent at the same time, with one thing undone. MiB.

                | | resident | of it anonymous | more than as shipped | one poll, ms of CPU | to start, fetch and settle, ms of CPU |
                |---|---|---|---|---|---|
                """.formatted(agent.java()));
        var all = candidates.stream()
                .filter(candidate -> candidate.way().agent().equals(agent))
                .toList();
        double shipped = resident(all.get(0));
        for (var candidate : all) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.1f | %.1f | %+.1f | %.1f | %d |%n",
                    candidate.way().name(),
                    resident(candidate),
                    candidate.afterIdling().anonymousKib() / KIB_A_MIB,
                    resident(candidate) - shipped,
                    candidate.pollMillis(polls),
                    candidate.afterSettling().cpu().toMillis()));
        }
        return table.toString();
    }

    private static String verdict(double value, double most) {
        return value <= most ? "met" : "missed";
    }
}
