package io.rebootless.cli.rollout;

import io.rebootless.cli.Output;
import io.rebootless.wire.Rollout;
import io.rebootless.wire.Rollout.Build;
import io.rebootless.wire.Rollout.Decision;
import io.rebootless.wire.RolloutHost;
import io.rebootless.wire.RolloutPlan.Start;
import io.rebootless.wire.RolloutState;
import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A rollout in words. */
final class RolloutText {
    private static final int SHOWN = 20;

    private RolloutText() {}

    static void whole(Rollout rollout, List<RolloutHost> trouble, PrintWriter out) {
        out.println("publication  " + rollout.publication());
        out.println("plan         %s: %s".formatted(rollout.planName(), PlanText.rings(rollout.plan())));
        decision("approved", rollout.approval(), out);
        // To abort is to pause for those that are still to come.
        boolean over = !rollout.builds().isEmpty()
                && rollout.builds().stream().noneMatch(build -> build.state().active());
        decision(over ? "aborted" : "paused", rollout.paused(), out);
        if (rollout.builds().isEmpty()) {
            out.println("Nothing is published under this name yet.");
        }
        for (Build build : rollout.builds()) {
            out.println();
            out.println("%s, build %s, level %d"
                    .formatted(
                            build.kernel().release(),
                            build.kernel().buildId().hex().substring(0, 12),
                            build.level()));
            out.println("  state      " + state(build, rollout));
            if (build.reason() != null) {
                out.println("  why        " + build.reason());
            }
            next(build, rollout).ifPresent(command -> out.println("  next       " + command));
            var hosts = build.hosts();
            out.println("  hosts      %d settled, %d under way, %d may fetch it, %d spared so far"
                    .formatted(hosts.settled(), hosts.handed(), hosts.released(), hosts.drawn()));
            int other = hosts.failed()
                    + hosts.incident()
                    + hosts.silent()
                    + hosts.unreached()
                    + hosts.held()
                    + hosts.gone();
            if (other > 0) {
                out.println(
                        "             %d crashed or failed a probe, %d fell silent, %d failed, %d not heard of, %d held,"
                                        .formatted(
                                                hosts.incident(),
                                                hosts.silent(),
                                                hosts.failed(),
                                                hosts.unreached(),
                                                hosts.held())
                                + " %d gone".formatted(hosts.gone()));
            }
        }
        if (!trouble.isEmpty()) {
            out.println();
            out.println("What happened, and where");
            trouble.stream().limit(SHOWN).forEach(host -> out.println("  " + host(host)));
            if (trouble.size() > SHOWN) {
                out.println("  and %d more: `rebootless rollout hosts %s`"
                        .formatted(trouble.size() - SHOWN, rollout.publication()));
            }
        }
    }

    /** Over lines of {@link #host}. */
    static final String HOSTS = "%-24s  %-8s  %-9s  %s".formatted("HOST", "ID", "STATE", "RING AND WHY");

    static String host(RolloutHost host) {
        return "%-24s  %s  %-9s  %s%s"
                .formatted(
                        host.hostname(),
                        host.host().toString().substring(0, 8),
                        Output.word(host.state()),
                        host.ring() == null ? "" : "ring %d  ".formatted(host.ring()),
                        host.detail() == null ? "" : host.detail())
                .stripTrailing();
    }

    static String state(Build build, Rollout rollout) {
        String state = Output.word(build.state());
        if (build.state().active() && build.ring() > 0) {
            state += ", ring %d of %d"
                    .formatted(build.ring(), rollout.plan().rings().size());
        }
        if (build.quarantined()) {
            state += ", quarantined";
        }
        return build.state().active() && rollout.paused() != null ? state + ", paused" : state;
    }

    /** What people may want to do about one that waits for them. */
    private static Optional<String> next(Build build, Rollout rollout) {
        String publication = rollout.publication();
        if (build.state() == RolloutState.HALTED) {
            return Optional.of(("see to its hosts; then `rebootless rollout resume %1$s`%2$s, `rollout abort %1$s` or"
                            + " `publication withdraw %1$s`")
                    .formatted(publication, rollout.paused() == null ? "" : " twice, for it is paused as well"));
        }
        boolean waits = build.state() == RolloutState.WAITING
                && rollout.plan().start() == Start.APPROVED
                && build.reason() != null
                && build.reason().contains("approval");
        return waits
                ? Optional.of("`rebootless rollout approve %s`, by another person".formatted(publication))
                : Optional.empty();
    }

    private static void decision(String name, @Nullable Decision decision, PrintWriter out) {
        if (decision != null) {
            out.println("%-11s  by %s at %s%s"
                    .formatted(
                            name,
                            decision.by(),
                            decision.at().truncatedTo(ChronoUnit.SECONDS),
                            decision.reason() == null ? "" : ": " + decision.reason()));
        }
    }
}
