package io.rebootless.bench.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * What a process has at this moment, and has used so far.
 *
 * @param residentKib VmRSS: its pages in memory, those of files and of others with whom it shares them too
 * @param proportionalKib Pss: the same, a shared page counted by its part
 * @param anonymousKib of the resident ones those that belong to no file
 * @param peakKib VmHWM: the most that was ever resident
 * @param cpu utime and stime, without children's
 * @param at CLOCK_MONOTONIC
 */
record Usage(long residentKib, long proportionalKib, long anonymousKib, long peakKib, Duration cpu, Duration at) {
    /** USER_HZ, which has been 100 on every machine that Debian runs on. */
    private static final int TICK_MILLIS = 10;

    /** In {@code stat}, counted from behind the name in parentheses. */
    private static final int UTIME = 11;

    private static final int STIME = 12;

    static Usage of(long pid) throws IOException {
        Path proc = Path.of("/proc", Long.toString(pid));
        String status = Files.readString(proc.resolve("status"));
        String maps = Files.readString(proc.resolve("smaps_rollup"));
        String stat = Files.readString(proc.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]);
        return new Usage(
                kib(status, "VmRSS"),
                kib(maps, "Pss"),
                kib(maps, "Anonymous"),
                kib(status, "VmHWM"),
                Duration.ofMillis(ticks * TICK_MILLIS),
                Duration.ofNanos(System.nanoTime()));
    }

    private static long kib(String text, String name) {
        var found = Pattern.compile("(?m)^" + name + ":\\s*(\\d+) kB$").matcher(text);
        if (!found.find()) {
            throw new IllegalStateException("no " + name + " in /proc");
        }
        return Long.parseLong(found.group(1));
    }

    /** The part of one core that was used since. */
    double coreSince(Usage earlier) {
        return (double) cpu.minus(earlier.cpu).toNanos() / at.minus(earlier.at).toNanos();
    }
}
