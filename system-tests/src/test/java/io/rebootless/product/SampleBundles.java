package io.rebootless.product;

import io.rebootless.bundle.BundleHeader;
import io.rebootless.bundle.ManifestCodec;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.testing.TestBundles;
import io.rebootless.trust.PublisherKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The sample livepatches as bundles for a guest's kernel. */
record SampleBundles(ModuleBuild module, KernelBuild kernel) {

    /** A sample's level, floor 0. */
    byte[] level(int level, PublisherKey... signers) {
        return level(level, 0, signers);
    }

    byte[] level(int level, long floor, PublisherKey... signers) {
        return of(kernel, level, floor, signers);
    }

    byte[] of(KernelBuild kernel, int level, long floor, PublisherKey... signers) {
        return bundle(kernel, "rebootless_sample_" + level, module.sample(level), level, floor, signers);
    }

    /** A sample's level, floor 0, not flagged downgrade-safe. */
    byte[] notDowngradeSafe(int level, PublisherKey... signers) {
        try {
            byte[] manifest = ManifestCodec.encode(TestBundles.manifest(level, "CVE-2026-0001"));
            byte[] image = Files.readAllBytes(module.sample(level));
            var header = new BundleHeader(
                    false, level, 0, manifest.length, image.length, kernel, "rebootless_sample_" + level);
            return TestBundles.signed(header, manifest, image, signers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A module made for tests as a bundle's image, floor 0. */
    byte[] image(String name, int level, PublisherKey... signers) {
        return image(name, level, 0, signers);
    }

    byte[] image(String name, int level, long floor, PublisherKey... signers) {
        return bundle(kernel, name, module.testModule(name), level, floor, signers);
    }

    private static byte[] bundle(
            KernelBuild kernel, String name, Path image, int level, long floor, PublisherKey... signers) {
        try {
            return TestBundles.signed(
                    kernel,
                    name,
                    level,
                    floor,
                    ManifestCodec.encode(TestBundles.manifest(level, "CVE-2026-0001")),
                    Files.readAllBytes(image),
                    signers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A bundle that passes every check but the kernel's own loader: small, for tests that alter many bytes. */
    byte[] small(PublisherKey... signers) {
        return TestBundles.signed(kernel, 9, 0, TestBundles.manifest(9, "CVE-2026-0001"), signers);
    }
}
