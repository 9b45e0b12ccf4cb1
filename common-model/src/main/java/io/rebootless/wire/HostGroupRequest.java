package io.rebootless.wire;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes a group of hosts, or changes it: {@code PUT /api/v1/groups/{name}}.
 *
 * @param query which hosts are in it, 1 to {@value #MAX_QUERY} characters; see {@code docs/groups.md}
 * @param description what it is for, up to 500 characters
 */
public record HostGroupRequest(String query, @Nullable String description) {
    public static final int MAX_QUERY = 1000;

    public HostGroupRequest {
        Objects.requireNonNull(query, "query");
        Limits.name("query", query, MAX_QUERY);
        if (description != null) {
            Limits.reason("description", description, 500);
        }
    }
}
