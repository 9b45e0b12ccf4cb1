package io.rebootless.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Whether a server has something for a kernel build, as it tells those who are not enrolled yet: {@code GET
 * /api/v1/agent/coverage}. Nothing in it comes from hosts.
 *
 * @param version 1
 * @param coverage what the catalogue says
 * @param level the newest level that is published for it and not withdrawn; only with {@code covered}
 */
public record BuildCoverage(
        int version, Coverage coverage, @Nullable Long level) {
    public BuildCoverage {
        Limits.range("version", version, 1, Integer.MAX_VALUE);
        if (level != null) {
            Limits.range("level", level, 1, Long.MAX_VALUE);
        }
    }

    /** What the catalogue says of a kernel build. */
    public enum Coverage {
        /** A bundle is published for it. */
        @JsonProperty("covered")
        COVERED,
        /** Something was published for it, and all of it was withdrawn. */
        @JsonProperty("bundle-missing")
        BUNDLE_MISSING,
        /** Nothing was ever published for it. */
        @JsonProperty("unknown")
        UNKNOWN
    }
}
