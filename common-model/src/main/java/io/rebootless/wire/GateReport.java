package io.rebootless.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whether the fleet, or a part of it, is protected against a CVE: {@code GET /api/v1/gate}.
 *
 * @param cve the CVE asked for
 * @param labels only hosts that carry all of these were asked
 * @param query only hosts that this finds were asked; absent if all were
 * @param verdict over all of those hosts
 * @param hosts each with its own verdict
 */
public record GateReport(
        String cve, Map<String, String> labels, @Nullable String query, Verdict verdict, List<Host> hosts) {

    /** In the order in which they override each other: one exposed host makes the fleet exposed. */
    public enum Verdict {
        /**
         * Every host runs a level that names the CVE, in force for every task, or a kernel build of which a publisher
         * has stated that the CVE does not concern it.
         */
        @JsonProperty("protected")
        PROTECTED,
        /**
         * Nobody can tell: silent, no bundle of its kernel build names the CVE, the one in force was withdrawn, or no
         * host matches.
         */
        @JsonProperty("unknown")
        UNKNOWN,
        /** A level that names the CVE exists, and the host does not run it. */
        @JsonProperty("exposed")
        EXPOSED
    }

    /**
     * One host's verdict.
     *
     * @param reason for people
     * @param notAffected what a publisher has stated if the host is protected because its kernel build never needed the
     *     fix; absent otherwise
     */
    public record Host(
            UUID id,
            String hostname,
            Verdict verdict,
            String reason,
            @Nullable String notAffected) {}
}
