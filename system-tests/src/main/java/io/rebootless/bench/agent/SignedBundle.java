package io.rebootless.bench.agent;

import io.rebootless.bundle.BundleHeader;
import io.rebootless.bundle.BundleReader;
import io.rebootless.bundle.BundleWriter;
import io.rebootless.bundle.DetachedSignature;
import io.rebootless.bundle.Manifest;
import io.rebootless.bundle.ManifestCodec;
import io.rebootless.bundle.RefusedException;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.trust.PublisherCertificate;
import io.rebootless.trust.PublisherKey;
import io.rebootless.wire.BundleReference;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A bundle of a new publisher's, and how a directive names it. Its image is noise: agents do not look into it.
 *
 * @param file its bytes
 * @param reference what the server promises of it
 * @param publisher whom the host trusts
 */
record SignedBundle(byte[] file, BundleReference reference, PublisherCertificate publisher) {
    static final KernelBuild KERNEL = new KernelBuild(
            "6.1.0-56-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1", "x86_64", new BuildId("0".repeat(40)));
    static final String MODULE = "fix_1";
    private static final int KEY_BITS = 3072;

    static SignedBundle create(int imageBytes) throws IOException {
        var random = new SecureRandom();
        var now = Instant.now();
        var key = PublisherKey.create("bench", KEY_BITS, now, Duration.ofDays(1), random);
        byte[] manifest = ManifestCodec.encode(new Manifest(
                "bench",
                "A bundle to measure with",
                now,
                List.of(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of()));
        byte[] image = new byte[imageBytes];
        random.nextBytes(image);
        var header = new BundleHeader(true, 1, 0, manifest.length, imageBytes, KERNEL, MODULE);
        try {
            var draft = BundleReader.readDraft(new ByteArrayInputStream(write(header, manifest, image, List.of())));
            byte[] file = write(header, manifest, image, List.of(key.sign(draft, random)));
            var bundle = BundleReader.read(new ByteArrayInputStream(file));
            var reference = new BundleReference(bundle.identity(), bundle.fileDigest(), file.length, 1, "bench");
            return new SignedBundle(file, reference, key.certificate());
        } catch (RefusedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] write(BundleHeader header, byte[] manifest, byte[] image, List<DetachedSignature> signatures)
            throws IOException {
        var out = new ByteArrayOutputStream();
        BundleWriter.write(out, BundleWriter.signedPart(header, manifest, new ByteArrayInputStream(image)), signatures);
        return out.toByteArray();
    }
}
