package io.rebootless.wire;

import io.rebootless.bundle.BundleFormat;
import io.rebootless.bundle.Sha256;
import java.util.Objects;

/**
 * Which bundle, and where: {@code GET /api/v1/bundles/{fileDigest}}.
 *
 * @param identity SHA-256 of the signed part
 * @param fileDigest SHA-256 of the whole file
 * @param size bytes of the whole file
 * @param level the bundle's level
 * @param publication the publisher's name for the fix
 */
public record BundleReference(Sha256 identity, Sha256 fileDigest, long size, long level, String publication) {
    public BundleReference {
        Objects.requireNonNull(identity, "identity");
        Objects.requireNonNull(fileDigest, "fileDigest");
        Limits.range("size", size, 1, BundleFormat.MAX_FILE_BYTES);
        Limits.range("level", level, 1, Long.MAX_VALUE);
        Limits.text("publication", publication, 64);
    }
}
