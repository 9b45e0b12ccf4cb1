package io.rebootless.wire;

import java.util.List;
import java.util.Map;

/**
 * Changes labels of a host: {@code POST /api/v1/hosts/{id}/labels}. What is not named stays.
 *
 * @param set labels that it is to carry from now on
 * @param remove labels that it is not to carry any more; one that it does not carry is no mistake
 */
public record LabelChange(Map<String, String> set, List<String> remove) {
    /** A host carries no more. */
    public static final int MAX_LABELS = Limits.MAX_LABELS;

    public LabelChange {
        set = Limits.newLabels(set);
        remove = Limits.list("remove", remove, MAX_LABELS);
        if (set.isEmpty() && remove.isEmpty()) {
            throw new IllegalArgumentException("set, remove: name a label to set or to remove");
        }
        for (String key : remove) {
            if (set.containsKey(key)) {
                throw new IllegalArgumentException("remove: a label is either set or removed");
            }
        }
    }
}
