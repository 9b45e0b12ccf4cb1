package io.rebootless.bench;

import java.util.Locale;
import java.util.stream.LongStream;

/** The middle and the ends of some measured times, in nanoseconds. */
record Spread(double median, long min, long max) {
    private static final double MILLI = 1e6;

    static Spread of(LongStream nanos) {
        long[] sorted = nanos.sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    double over(Spread other) {
        return median / other.median;
    }

    /** In milliseconds, such as {@code 61.2 (55.0–90.1)}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.1f (%.1f–%.1f)", median / MILLI, min / MILLI, max / MILLI);
    }
}
