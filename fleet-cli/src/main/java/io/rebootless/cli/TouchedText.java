package io.rebootless.cli;

import io.rebootless.wire.Touched;
import java.io.PrintWriter;

/** What a lever would do, in words. */
public final class TouchedText {
    private static final int SHOWN = 20;

    private TouchedText() {}

    /** The first hosts by name, how many more there are, and the CVEs. */
    public static void show(Touched touched, PrintWriter out) {
        if (touched.count() == 0) {
            out.println("It touches no host.");
        } else {
            out.println("It touches %d host%s:".formatted(touched.count(), touched.count() == 1 ? "" : "s"));
        }
        touched.hosts().stream()
                .limit(SHOWN)
                .forEach(host -> out.println("  %s  %-24s  level %d%s"
                        .formatted(
                                host.id().toString().substring(0, 8),
                                host.hostname(),
                                host.level(),
                                host.detail() == null ? "" : "  " + host.detail())));
        if (touched.count() > SHOWN) {
            out.println("  and %d more".formatted(touched.count() - SHOWN));
        }
        if (!touched.openCves().isEmpty()) {
            out.println("CVEs that are open there for as long:");
            out.println("  " + String.join(", ", touched.openCves()));
        }
    }
}
