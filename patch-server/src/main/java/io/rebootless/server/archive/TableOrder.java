package io.rebootless.server.archive;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

/** The order in which tables can be filled: whatever a table refers to comes before it. */
final class TableOrder {
    private TableOrder() {}

    /**
     * Sorts tables by their references, and by name where these do not decide.
     *
     * @param references to which tables each table refers; to itself does not count
     * @throws IllegalArgumentException if tables refer to each other in a circle
     */
    static List<String> of(SortedSet<String> tables, Map<String, Set<String>> references) {
        var ordered = new LinkedHashSet<String>();
        var left = new ArrayList<>(tables);
        while (!left.isEmpty()) {
            List<String> ready = left.stream()
                    .filter(table -> references.getOrDefault(table, Set.of()).stream()
                            .allMatch(other -> other.equals(table) || ordered.contains(other)))
                    .toList();
            if (ready.isEmpty()) {
                throw new IllegalArgumentException("these tables refer to each other in a circle: " + left);
            }
            ordered.addAll(ready);
            left.removeAll(ready);
        }
        return List.copyOf(ordered);
    }
}
