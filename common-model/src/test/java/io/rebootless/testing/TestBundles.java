package io.rebootless.testing;

import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.BundleHeader;
import io.rebootless.bundle.BundleKind;
import io.rebootless.bundle.BundleReader;
import io.rebootless.bundle.BundleWriter;
import io.rebootless.bundle.Cve;
import io.rebootless.bundle.DetachedSignature;
import io.rebootless.bundle.Manifest;
import io.rebootless.bundle.ManifestCodec;
import io.rebootless.bundle.RefusedException;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.trust.PublisherKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Small bundles in memory: well formed and signed, their image a {@link TestImages} unless said otherwise. */
public final class TestBundles {
    public static final KernelBuild KERNEL = new KernelBuild(
            "6.1.0-56-amd64",
            "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-01)",
            "x86_64",
            new BuildId("00112233445566778899aabbccddeeff00112233"));

    public static final Instant CREATED = Instant.parse("2026-11-22T10:00:00Z");

    private static final SecureRandom RANDOM = new SecureRandom();

    private TestBundles() {}

    public static Manifest manifest(long level, String... cves) {
        return new Manifest(
                "2026-11-22." + level,
                "Level " + level,
                CREATED,
                Arrays.stream(cves).map(id -> new Cve(id, Cve.Severity.HIGH)).toList(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of());
    }

    /** Level {@code level} for {@link #KERNEL}, floor 0, downgrade-safe, signed by {@code signers}. */
    public static byte[] signed(long level, PublisherKey... signers) {
        return signed(KERNEL, level, 0, manifest(level, "CVE-2026-0001"), signers);
    }

    public static byte[] signed(
            KernelBuild kernel, long level, long floor, Manifest manifest, PublisherKey... signers) {
        String module = "fix_" + level;
        byte[] image = TestImages.livepatch(module, kernel.release());
        return signed(kernel, module, level, floor, ManifestCodec.encode(manifest), image, signers);
    }

    /** Any content at all, signed by {@code signers}. */
    public static byte[] signed(
            KernelBuild kernel,
            String module,
            long level,
            long floor,
            byte[] manifest,
            byte[] image,
            PublisherKey... signers) {
        var header = new BundleHeader(
                BundleKind.KERNEL_LIVEPATCH, true, level, floor, manifest.length, image.length, kernel, module);
        byte[] draft = write(header, manifest, image, List.of());
        var read = readDraft(draft);
        var signatures =
                Stream.of(signers).map(signer -> signer.sign(read, RANDOM)).toList();
        return write(header, manifest, image, signatures);
    }

    public static byte[] write(BundleHeader header, byte[] manifest, byte[] image, List<DetachedSignature> signatures) {
        var out = new ByteArrayOutputStream();
        try {
            BundleWriter.write(
                    out, BundleWriter.signedPart(header, manifest, new ByteArrayInputStream(image)), signatures);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    public static Bundle read(byte[] file) throws RefusedException {
        try {
            return BundleReader.read(new ByteArrayInputStream(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Bundle readDraft(byte[] file) {
        try {
            return BundleReader.readDraft(new ByteArrayInputStream(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RefusedException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
