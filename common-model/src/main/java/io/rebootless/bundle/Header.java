package io.rebootless.bundle;

/** The first 512 bytes of a bundle: what decides whether its image may come into force. */
public sealed interface Header permits BundleHeader, TrustHeader {
    /** What the image is. */
    BundleKind kind();

    /** 1 to {@link Long#MAX_VALUE}; each kind counts its own. */
    long level();

    /** Bytes, 1 to {@link BundleFormat#MAX_MANIFEST_BYTES}. */
    int manifestSize();

    /** Bytes, at least 1. */
    int imageSize();

    /** Bytes that the signatures cover: header, manifest and image. */
    default long signedBytes() {
        return BundleFormat.HEADER_BYTES + (long) manifestSize() + imageSize();
    }
}
