package io.rebootless.cli.fleet;

import io.rebootless.wire.BlockingTask;
import io.rebootless.wire.FleetHost;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Collectors;

/** Names what a host does not apply again, and what holds its transition up. */
final class Quarantines {
    private Quarantines() {}

    static void show(FleetHost host, PrintWriter out) {
        for (var one : host.quarantined()) {
            out.println("%s: %s: level %d (%s) is in quarantine since %s: %s"
                    .formatted(
                            host.hostname(),
                            one.reason().name(),
                            one.level(),
                            one.publication(),
                            seconds(one.at()),
                            one.reason().message()));
            out.println(
                    one.lifted() == null
                            ? "  to have it tried again: rebootless host quarantine lift %s --id %s --reason …"
                                    .formatted(host.id(), one.id())
                            : "  lifted %s; the host has not said yet that it has heard"
                                    .formatted(seconds(one.lifted())));
        }
        if (!host.blocking().isEmpty()) {
            out.println("%s: its transition is held up by %s".formatted(host.hostname(), tasks(host)));
        }
    }

    private static String tasks(FleetHost host) {
        return host.blocking().stream().map(Quarantines::task).collect(Collectors.joining(", "));
    }

    private static String task(BlockingTask task) {
        return "%s (%d)".formatted(task.name(), task.pid());
    }

    static Instant seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }
}
