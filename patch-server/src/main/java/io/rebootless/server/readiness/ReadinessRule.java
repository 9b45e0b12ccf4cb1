package io.rebootless.server.readiness;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Whether a server is ready, by what was last found about each part. */
final class ReadinessRule {
    static final Duration STALE = Duration.ofSeconds(6);
    static final String WELL = "ok";

    private ReadinessRule() {}

    /**
     * The last answer of one part.
     *
     * @param at when it came; before the first, when it was asked for
     * @param fault empty when the part was well
     */
    record Finding(Instant at, Optional<String> fault) {}

    /**
     * The verdict.
     *
     * @param parts for each part {@link #WELL} or what is wrong
     */
    record Verdict(boolean ready, Map<String, String> parts) {
        Verdict {
            parts = Map.copyOf(parts);
        }
    }

    static Verdict judge(Map<String, Finding> findings, Instant now) {
        var parts = new TreeMap<String, String>();
        findings.forEach((part, finding) -> parts.put(part, word(finding, now)));
        return new Verdict(parts.values().stream().allMatch(WELL::equals), parts);
    }

    private static String word(Finding finding, Instant now) {
        Duration age = Duration.between(finding.at(), now);
        if (age.compareTo(STALE) > 0) {
            return "has not answered for %d s".formatted(age.toSeconds());
        }
        return finding.fault().orElse(WELL);
    }
}
