package io.rebootless.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a publication reaches the hosts: {@code PUT /api/v1/plans/{name}}. Each kernel build goes through the rings by
 * itself. What is left out is as in the built-in plan.
 *
 * @param rings one after the other, the last one everybody; none at all for everybody at once, unwatched
 * @param allowedIncidents of how many suspected crashes and failed probes the bundle is not stopped yet: a count, or a
 *     share of the hosts it may have reached; one more, and it is stopped and quarantined
 * @param allowedFailures the same of hosts that refuse it or fail otherwise; one more, and it is stopped
 * @param silentAfter after which a host that was handed the bundle, and is not heard of, is taken for crashed: 10 seconds
 *     to 1 day, and no less than three polls
 * @param fetchWithin after which a host that may have the bundle, and is not heard of, is passed over: 10 seconds to 30 days
 * @param settleWithin after which a host that was handed the bundle, and has not settled, has failed: 10 seconds to 30 days
 * @param delay from a bundle's publication to its first host, up to 90 days
 * @param notBefore no host is handed anything before; absent for at once
 * @param start whether somebody has to approve first
 * @param spreadOver key of a label: hosts of one value are kept apart, so that no rack or site is hit at once
 * @param windows when hosts are handed the bundle; absent for at any time
 */
public record RolloutPlan(
        List<Ring> rings,
        Amount allowedIncidents,
        Amount allowedFailures,
        Duration silentAfter,
        Duration fetchWithin,
        Duration settleWithin,
        Duration delay,
        @Nullable Instant notBefore,
        Start start,
        @Nullable String spreadOver,
        @Nullable Windows windows) {
    private static final Pattern TIME = Pattern.compile("(?:[01][0-9]|2[0-3]):[0-5][0-9]");

    public static final int MAX_RINGS = 20;

    private static final Amount DEFAULT_FAILURES = Amount.parse("5%");
    private static final Duration DEFAULT_SILENCE = Duration.ofMinutes(10);
    private static final Duration DEFAULT_FETCH = Duration.ofMinutes(30);
    private static final Duration DEFAULT_SETTLING = Duration.ofDays(1);
    private static final Duration SHORTEST = Duration.ofSeconds(10);

    /** Applies when nobody has written another: a single bad patch does not reach the whole fleet. */
    public static final RolloutPlan CAREFUL =
            of(List.of(Ring.of("1%"), Ring.of("10%"), Ring.of("50%"), Ring.of("100%")), null);

    /** Everybody at once, unwatched. */
    public static final RolloutPlan AT_ONCE = of(List.of(), null);

    /** Lets nothing go on. */
    public static final RolloutPlan NEVER = of(List.of(Ring.of("100%")), Limits.LATEST);

    public RolloutPlan {
        Objects.requireNonNull(rings, "rings");
        rings = Limits.list("rings", rings, MAX_RINGS);
        if (!rings.isEmpty() && !rings.get(rings.size() - 1).reach().all()) {
            throw new IllegalArgumentException("rings: the last one reaches 100%");
        }
        allowedIncidents = allowedIncidents == null ? Amount.NONE : allowedIncidents;
        allowedFailures = allowedFailures == null ? DEFAULT_FAILURES : allowedFailures;
        silentAfter = silentAfter == null ? DEFAULT_SILENCE : silentAfter;
        fetchWithin = fetchWithin == null ? DEFAULT_FETCH : fetchWithin;
        settleWithin = settleWithin == null ? DEFAULT_SETTLING : settleWithin;
        delay = delay == null ? Duration.ZERO : delay;
        between("silentAfter", silentAfter, SHORTEST, Duration.ofDays(1));
        between("fetchWithin", fetchWithin, SHORTEST, Duration.ofDays(30));
        between("settleWithin", settleWithin, SHORTEST, Duration.ofDays(30));
        between("delay", delay, Duration.ZERO, Duration.ofDays(90));
        start = start == null ? Start.AUTOMATIC : start;
        if (spreadOver != null && !Limits.isKey(spreadOver)) {
            throw new IllegalArgumentException("spreadOver: the key of a label expected");
        }
    }

    /**
     * Refuses what can be done, and is what nobody means. Not asked of plans that are stored: rollouts go by them.
     *
     * @throws IllegalArgumentException naming the field
     */
    public void demandSensible() {
        for (int i = 1; i < rings.size(); i++) {
            var before = rings.get(i - 1).reach();
            var reach = rings.get(i).reach();
            if (before.all() || !before.mayBeLessThan(reach)) {
                throw new IllegalArgumentException(
                        "rings: each reaches more than the one before, but %s comes after %s".formatted(reach, before));
            }
        }
        for (Ring ring : rings) {
            // A share is one of those reached, so that no share is too much.
            if (!ring.settled().share() && !ring.reach().share() && ring.reach().mayBeLessThan(ring.settled())) {
                throw new IllegalArgumentException("rings.settled: no more than rings.reach, which is " + ring.reach());
            }
        }
        if (notBefore != null && notBefore.isAfter(Limits.LATEST)) {
            throw new IllegalArgumentException("notBefore: before the year 9999 expected");
        }
        if (spreadOver != null && spreadOver.startsWith(Limits.FACT)) {
            throw new IllegalArgumentException("spreadOver: the key of a label expected, not of a fact");
        }
    }

    private static RolloutPlan of(List<Ring> rings, @Nullable Instant notBefore) {
        return new RolloutPlan(
                rings,
                Amount.NONE,
                DEFAULT_FAILURES,
                DEFAULT_SILENCE,
                DEFAULT_FETCH,
                DEFAULT_SETTLING,
                Duration.ZERO,
                notBefore,
                Start.AUTOMATIC,
                null,
                null);
    }

    /** What begins a rollout. */
    public enum Start {
        /** The publication itself. */
        @JsonProperty("automatic")
        AUTOMATIC,
        /** Another person than the one who has published it. */
        @JsonProperty("approved")
        APPROVED
    }

    /**
     * A part of the hosts.
     *
     * @param reach how many hosts of a kernel build may have the bundle, those of the rings before included; a share is
     *     rounded up
     * @param settled how many of them have to settle before the next ring begins; a share is rounded up
     * @param bake for how long the next ring waits after the last of them has, up to 30 days
     */
    public record Ring(Amount reach, Amount settled, Duration bake) {
        private static final Amount DEFAULT_SETTLED = Amount.parse("90%");

        public Ring {
            Objects.requireNonNull(reach, "rings.reach");
            if (reach.none()) {
                throw new IllegalArgumentException("rings.reach: at least 1 host expected");
            }
            settled = settled == null ? DEFAULT_SETTLED : settled;
            if (settled.none()) {
                throw new IllegalArgumentException("rings.settled: at least 1 host expected");
            }
            bake = bake == null ? Duration.ZERO : bake;
            between("rings.bake", bake, Duration.ZERO, Duration.ofDays(30));
        }

        static Ring of(String reach) {
            return new Ring(Amount.parse(reach), DEFAULT_SETTLED, Duration.ZERO);
        }
    }

    /**
     * Maintenance windows.
     *
     * @param zone of their times, by its name in the time zone database, such as {@code Europe/Berlin}
     * @param open at least one
     */
    public record Windows(String zone, List<Window> open) {
        private static final int MAX_WINDOWS = 20;

        public Windows {
            if (!ZoneId.getAvailableZoneIds().contains(zone)) {
                throw new IllegalArgumentException("windows.zone: a time zone such as Europe/Berlin expected");
            }
            open = Limits.list("windows.open", open, MAX_WINDOWS);
            if (open.isEmpty()) {
                throw new IllegalArgumentException("windows.open: at least one window expected");
            }
        }

        /** Whether one of them is open. */
        public boolean open(Instant now) {
            var local = now.atZone(ZoneId.of(zone));
            return open.stream().anyMatch(window -> window.open(local.getDayOfWeek(), local.toLocalTime()));
        }
    }

    /**
     * One of them, every week.
     *
     * @param days on which it begins; none for every day
     * @param from such as {@code 22:00}
     * @param to such as {@code 04:00}, on the next day if it is not after {@code from}: from 00:00 to 00:00 is a day
     */
    public record Window(List<DayOfWeek> days, String from, String to) {
        private static final int MAX_DAYS = 7;

        public Window {
            days = Limits.list("windows.open.days", days, MAX_DAYS);
            time("windows.open.from", from);
            time("windows.open.to", to);
        }

        boolean open(DayOfWeek today, LocalTime now) {
            LocalTime begin = LocalTime.parse(from);
            LocalTime end = LocalTime.parse(to);
            if (begin.isBefore(end)) {
                return on(today) && !now.isBefore(begin) && now.isBefore(end);
            }
            return (on(today) && !now.isBefore(begin)) || (on(today.minus(1)) && now.isBefore(end));
        }

        private boolean on(DayOfWeek day) {
            return days.isEmpty() || days.contains(day);
        }
    }

    private static void time(String field, String text) {
        Objects.requireNonNull(text, field);
        if (!TIME.matcher(text).matches()) {
            throw new IllegalArgumentException("%s: a time such as 22:00 expected".formatted(field));
        }
    }

    private static void between(String field, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException("%s: %s to %s expected, not %s".formatted(field, min, max, value));
        }
    }
}
