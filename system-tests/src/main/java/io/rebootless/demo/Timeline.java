package io.rebootless.demo;

import io.rebootless.product.Host;
import java.io.PrintStream;
import java.time.Duration;
import java.util.function.Supplier;

/** What happened, where, when and how long it took: a line each. */
final class Timeline {
    private final PrintStream out;
    private final long start = System.nanoTime();

    Timeline(PrintStream out) {
        this.out = out;
    }

    void heading(String words) {
        out.printf("%n%s%n", words);
    }

    /** Does something and says that it was done, by whom, and how long it took. */
    <T> T step(String who, String what, Supplier<T> action) {
        long begun = System.nanoTime();
        T result = action.get();
        out.printf("  %6.1f s  %-9s  %s (%.1f s)%n", sinceStart(), who, what, seconds(System.nanoTime() - begun));
        return result;
    }

    void step(String who, String what, Runnable action) {
        step(who, what, () -> {
            action.run();
            return what;
        });
    }

    /** Says what is so. */
    void note(String who, String what) {
        out.printf("  %6.1f s  %-9s  %s%n", sinceStart(), who, what);
    }

    /** Shows a host's level with the proof that it has not rebooted. */
    void proof(Host host) {
        var guest = host.guest();
        Duration uptime = guest.uptime();
        out.printf(
                "  %6.1f s  %-9s  level %d   boot id %s   up %d.%d s%n",
                sinceStart(), "host", host.level(), guest.bootId(), uptime.toSeconds(), uptime.toMillisPart() / 100);
    }

    /** Shows what a program printed, set apart. */
    void quote(String text) {
        text.strip().lines().forEach(line -> out.printf("  %8s  %-9s  | %s%n", "", "", line));
    }

    private double sinceStart() {
        return seconds(System.nanoTime() - start);
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }
}
