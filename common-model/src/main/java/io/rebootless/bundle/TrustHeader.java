package io.rebootless.bundle;

/**
 * The header of a trust bundle: it is for every kernel build, and revokes nothing but what the set before it trusted.
 *
 * @param level 1 to {@link Long#MAX_VALUE}; a set replaces those of the levels below it
 * @param manifestSize bytes, 1 to {@link BundleFormat#MAX_MANIFEST_BYTES}
 * @param imageSize bytes of the trust set, 1 to {@link BundleFormat#MAX_TRUST_SET_BYTES}
 */
public record TrustHeader(long level, int manifestSize, int imageSize) implements Header {
    public TrustHeader {
        Rules.require(level >= 1, "the level must be at least 1");
        Rules.manifestSize(manifestSize);
        Rules.require(
                imageSize >= 1 && imageSize <= BundleFormat.MAX_TRUST_SET_BYTES,
                "the trust set must have 1 to %d bytes, not %d".formatted(BundleFormat.MAX_TRUST_SET_BYTES, imageSize));
    }

    @Override
    public BundleKind kind() {
        return BundleKind.TRUST;
    }
}
