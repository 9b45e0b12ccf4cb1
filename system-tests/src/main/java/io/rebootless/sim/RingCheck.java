package io.rebootless.sim;

import io.rebootless.wire.Amount;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Whether a fleet was told no more than the rings allowed: by when each host was told, as the hosts saw it, and by when
 * each ring began, as the audit log has it.
 */
final class RingCheck {
    /** A ring's beginning is written down a moment before or after it is committed, and told after that. */
    private static final Duration CLOCKS = Duration.ofMillis(5);

    private RingCheck() {}

    /**
     * A ring.
     *
     * @param began when
     * @param reach how many of the hosts may have the bundle while it is the last that has begun
     */
    record Ring(Instant began, Amount reach) {}

    /** What is wrong; nothing if all is well. */
    static List<String> violations(int hosts, List<Ring> rings, Collection<Instant> told) {
        var violations = new ArrayList<String>();
        for (int ring = 0; ring < rings.size(); ring++) {
            int allowed = rings.get(ring).reach().roundedUp(hosts);
            Instant end = ring + 1 < rings.size() ? rings.get(ring + 1).began() : Instant.MAX;
            long had = told.stream().filter(at -> at.plus(CLOCKS).isBefore(end)).count();
            if (had > allowed) {
                violations.add("ring %d allows %d of %d hosts, %d were told before the next one began"
                        .formatted(ring + 1, allowed, hosts, had));
            }
        }
        if (rings.isEmpty()) {
            violations.add("no ring is known to have begun");
        }
        Instant first = rings.isEmpty() ? Instant.MAX : rings.get(0).began();
        long early = told.stream()
                .filter(at -> at.plus(CLOCKS).isBefore(first) && !rings.isEmpty())
                .count();
        if (early > 0) {
            violations.add("%d hosts were told before the first ring began".formatted(early));
        }
        return violations;
    }
}
