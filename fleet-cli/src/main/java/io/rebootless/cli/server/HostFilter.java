package io.rebootless.cli.server;

import java.util.Map;
import java.util.Optional;

/**
 * Which hosts are meant: those that carry all of the labels, are in the group, and are found by the query.
 *
 * @param labels empty for all
 */
public record HostFilter(Map<String, String> labels, Optional<String> group, Optional<String> query) {
    public boolean all() {
        return labels.isEmpty() && group.isEmpty() && query.isEmpty();
    }

    /** As parameters after others. */
    String parameters() {
        var all = new StringBuilder();
        labels.forEach((key, value) -> all.append("&label=").append(ServerConnection.encode(key + "=" + value)));
        group.ifPresent(name -> all.append("&group=").append(ServerConnection.encode(name)));
        query.ifPresent(text -> all.append("&query=").append(ServerConnection.encode(text)));
        return all.toString();
    }
}
