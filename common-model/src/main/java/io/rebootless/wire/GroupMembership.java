package io.rebootless.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether and why a host is in a group: an entry of {@code GET /api/v1/hosts/{id}/groups}.
 *
 * @param group its name
 * @param query the group's
 * @param member whether the host is in it now
 * @param comparisons those of the query in their order, each with what it found
 */
public record GroupMembership(String group, String query, boolean member, List<Comparison> comparisons) {
    public GroupMembership {
        comparisons = List.copyOf(comparisons);
    }

    /**
     * One comparison of a query.
     *
     * @param text as in {@code env=='prod'}
     * @param value of the label or fact that it looks at; absent if the host has none
     * @param holds what it came to
     */
    public record Comparison(String text, @Nullable String value, boolean holds) {}
}
