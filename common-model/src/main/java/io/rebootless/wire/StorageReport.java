package io.rebootless.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rebootless.bundle.Sha256;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the bundles' files are: {@code GET /api/v1/storage}, of the server that answers.
 *
 * @param running whether it looks at them now
 * @param last what it found when it last did; absent until it has once since its start
 * @param failure why its last attempt came to no end; absent if it did
 */
public record StorageReport(
        boolean running, @Nullable Scrub last, @Nullable String failure) {

    /**
     * One look at every file.
     *
     * @param blobs how many files were read
     * @param bytes of them all
     * @param findings empty if all is well
     */
    public record Scrub(Instant started, Instant finished, long blobs, long bytes, List<Finding> findings) {
        /** Whether every published bundle can be handed out. */
        public boolean healthy() {
            return findings.stream().allMatch(finding -> finding.fault() == Fault.ORPHANED);
        }
    }

    /** What can be wrong with a file. */
    public enum Fault {
        /** It holds something else than its name says: it was moved aside. */
        @JsonProperty("rotten")
        ROTTEN,
        /** It is not there. */
        @JsonProperty("missing")
        MISSING,
        /** No published bundle is this file: it was moved aside. */
        @JsonProperty("orphaned")
        ORPHANED
    }

    /**
     * One file with a fault.
     *
     * @param fileDigest its name
     * @param publication of the bundle that it is; absent for an orphan
     * @param remedy what to do
     */
    public record Finding(
            Fault fault, Sha256 fileDigest, @Nullable String publication, String remedy) {}
}
