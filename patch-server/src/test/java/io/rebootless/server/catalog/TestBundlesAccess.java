package io.rebootless.server.catalog;

import io.rebootless.bundle.RefusedException;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.testing.TestBundles;
import io.rebootless.trust.PublisherKey;

/** Bundles that are wrong on purpose. */
final class TestBundlesAccess {
    private TestBundlesAccess() {}

    static long imageOffset(byte[] file) {
        try {
            return TestBundles.read(file).imageOffset();
        } catch (RefusedException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Level 1, module {@code fix_1}: the manifest and the image are whatever they are. */
    static byte[] lenient(KernelBuild kernel, byte[] manifest, byte[] image, PublisherKey signer) {
        if (manifest.length > 2) {
            return TestBundles.signed(kernel, "fix_1", 1, 0, manifest, image, signer);
        }
        // A manifest that no reader takes cannot be signed here: the reader stops before it looks at signatures.
        byte[] whole = TestBundles.signed(kernel, 1, 0, TestBundles.manifest(1), signer);
        whole[512] = '[';
        return whole;
    }
}
