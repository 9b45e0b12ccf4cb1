package io.rebootless.wire;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a lever would do, were it pulled: the answer to a dry run, which changes nothing.
 *
 * @param count how many hosts it would touch
 * @param hosts the first of them by name, up to {@value #MAX_HOSTS}
 * @param openCves CVEs that would stay, or become, open on at least one of them, up to {@value #MAX_CVES}
 */
public record Touched(long count, List<Host> hosts, List<String> openCves) {
    public static final int MAX_HOSTS = 1000;
    public static final int MAX_CVES = 1000;

    /**
     * One host.
     *
     * @param id its id
     * @param hostname what it calls itself
     * @param level the level in force there, 0 if none
     * @param detail what would happen to it; absent if that is plain
     */
    public record Host(
            UUID id, String hostname, long level, @Nullable String detail) {}
}
