package io.rebootless.bundle;

/** The rules that headers keep when they are made, whatever their kind. */
final class Rules {
    private Rules() {}

    static void manifestSize(int bytes) {
        require(
                bytes >= 1 && bytes <= BundleFormat.MAX_MANIFEST_BYTES,
                "the manifest must have 1 to %d bytes, not %d".formatted(BundleFormat.MAX_MANIFEST_BYTES, bytes));
    }

    static void require(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalArgumentException(rule);
        }
    }
}
