package io.rebootless.server.access;

import java.util.List;

/** Who may do what, as {@link AccessRules} has it, for other tests to read. */
public final class AccessTable {
    private AccessTable() {}

    /** The roles that may, from the least to the most; empty for everybody, without a key. */
    public static List<String> roles(String method, String path) {
        return AccessRules.roles(method, path.replaceAll("\\{[^}]*}", "x")).stream()
                .map(Role::word)
                .toList();
    }
}
