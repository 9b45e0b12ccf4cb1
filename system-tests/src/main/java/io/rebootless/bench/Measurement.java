package io.rebootless.bench;

import java.util.Arrays;

/**
 * One line of the program {@code handover}: one way, once.
 *
 * @param round 0 is the warm-up
 * @param way {@code rebootless}, {@code kpatch} or {@code bare}
 * @param nanos the total, then its parts; what they are depends on the way
 */
record Measurement(int round, String way, long[] nanos) {
    static Measurement parse(String line) {
        String[] fields = line.split(",");
        return new Measurement(
                Integer.parseInt(fields[0]),
                fields[1],
                Arrays.stream(fields, 2, fields.length)
                        .mapToLong(Long::parseLong)
                        .toArray());
    }
}
