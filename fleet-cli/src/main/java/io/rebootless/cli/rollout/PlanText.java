package io.rebootless.cli.rollout;

import io.rebootless.wire.RolloutPlan;
import io.rebootless.wire.RolloutPlan.Ring;
import io.rebootless.wire.RolloutPlan.Start;
import io.rebootless.wire.RolloutPlan.Window;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/** A plan in words. */
final class PlanText {
    private PlanText() {}

    static String rings(RolloutPlan plan) {
        return plan.rings().isEmpty()
                ? "everybody at once, unwatched"
                : plan.rings().stream().map(ring -> ring.reach().toString()).collect(Collectors.joining(", "));
    }

    static void whole(RolloutPlan plan, PrintWriter out) {
        int number = 0;
        for (Ring ring : plan.rings()) {
            number++;
            line(
                    out,
                    "ring " + number,
                    "%s of the hosts; %s when %s of them have settled%s"
                            .formatted(
                                    ring.reach(),
                                    number == plan.rings().size() ? "completes" : "goes on",
                                    ring.settled(),
                                    ring.bake().isZero() ? "" : ", and " + words(ring.bake()) + " after the last"));
        }
        if (plan.rings().isEmpty()) {
            line(out, "rings", "none: everybody at once, unwatched");
        } else {
            line(
                    out,
                    "incidents",
                    "%s allowed; one more, and the bundle is quarantined".formatted(plan.allowedIncidents()));
            line(out, "failures", "%s allowed; one more, and it halts".formatted(plan.allowedFailures()));
            line(out, "silence", "suspected after " + words(plan.silentAfter()));
            line(out, "not settled", "failed after " + words(plan.settleWithin()));
            line(out, "not heard of", "passed over after " + words(plan.fetchWithin()));
        }
        if (!plan.delay().isZero()) {
            line(out, "begins", words(plan.delay()) + " after publication");
        }
        if (plan.notBefore() != null) {
            line(out, "not before", plan.notBefore());
        }
        if (plan.start() == Start.APPROVED) {
            line(out, "approval", "by another person than the one who publishes");
        }
        if (plan.spreadOver() != null) {
            line(out, "spread over", "label " + plan.spreadOver());
        }
        if (plan.windows() != null) {
            for (Window window : plan.windows().open()) {
                line(
                        out,
                        "window",
                        "%s %s to %s, %s"
                                .formatted(
                                        window.days().isEmpty()
                                                ? "every day"
                                                : window.days().stream()
                                                        .map(day -> day.name()
                                                                .substring(0, 3)
                                                                .toLowerCase(Locale.ROOT))
                                                        .collect(Collectors.joining(",")),
                                        window.from(),
                                        window.to(),
                                        plan.windows().zone()));
            }
        }
    }

    private static void line(PrintWriter out, String name, Object value) {
        out.println("%-13s %s".formatted(name, value));
    }

    private static String words(Duration duration) {
        // PT10M, and PT24H for a day.
        return duration.toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
