package io.rebootless.cli.fleet;

import java.util.List;
import java.util.UUID;

/** How much of ids is enough to tell them apart. */
final class ShortIds {
    /** Characters of an id. */
    static final int WHOLE = 36;

    private static final int LEAST = 8;

    private ShortIds() {}

    /** How many first characters differ between any two of these. */
    static int length(List<UUID> ids) {
        var sorted = ids.stream().distinct().map(UUID::toString).sorted().toList();
        int length = LEAST;
        for (int i = 1; i < sorted.size(); i++) {
            length = Math.max(length, 1 + common(sorted.get(i - 1), sorted.get(i)));
        }
        return length;
    }

    private static int common(String one, String other) {
        int same = 0;
        while (one.charAt(same) == other.charAt(same)) {
            same++;
        }
        return same;
    }
}
