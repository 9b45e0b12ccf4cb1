package io.rebootless.testing;

import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.BundleHeader;
import io.rebootless.bundle.BundleReader;
import io.rebootless.bundle.BundleWriter;
import io.rebootless.bundle.Cve;
import io.rebootless.bundle.DetachedSignature;
import io.rebootless.bundle.Header;
import io.rebootless.bundle.Manifest;
import io.rebootless.bundle.ManifestCodec;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.SignedFile;
import io.rebootless.bundle.TrustBundle;
import io.rebootless.bundle.TrustHeader;
import io.rebootless.bundle.TrustSetCodec;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.trust.PublisherCertificate;
import io.rebootless.trust.PublisherKey;
import io.rebootless.trust.TrustedPublishers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
        var header = new BundleHeader(true, level, floor, manifest.length, image.length, kernel, module);
        return signed(header, manifest, image, signers);
    }

    /** As the product signs. */
    public static byte[] signed(Header header, byte[] manifest, byte[] image, PublisherKey... signers) {
        var draft = readDraft(write(header, manifest, image, List.of()));
        var signatures =
                Stream.of(signers).map(signer -> signer.sign(draft, RANDOM)).toList();
        return write(header, manifest, image, signatures);
    }

    /** A trust bundle that names {@code certificates}, {@code threshold} of whom must sign from then on. */
    public static byte[] trust(
            long level, int threshold, List<PublisherCertificate> certificates, PublisherKey... signers) {
        byte[] manifest = ManifestCodec.encode(trustManifest(level));
        byte[] set = TrustSetCodec.encode(
                TrustedPublishers.of(certificates, threshold).toTrustSet());
        return signed(new TrustHeader(level, manifest.length, set.length), manifest, set, signers);
    }

    /** A trust bundle whose image is any bytes at all: {@link #trustSet} lays them out, well formed or not. */
    public static byte[] trust(long level, byte[] trustSet, PublisherKey... signers) {
        byte[] manifest = ManifestCodec.encode(trustManifest(level));
        var header = new TrustHeader(level, manifest.length, trustSet.length);
        byte[] signedPart = Arrays.copyOf(write(header, manifest, trustSet, List.of()), (int) header.signedBytes());
        var signatures = Stream.of(signers)
                .map(signer -> CmsForge.by(signer).sign(signedPart))
                .toList();
        return write(header, manifest, trustSet, signatures);
    }

    public static Manifest trustManifest(long level) {
        return new Manifest(
                "trust-" + level,
                "Trust level " + level,
                CREATED,
                List.of(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of());
    }

    /** A trust set's bytes with a threshold and a count that need not be true, and certificates that need not be any. */
    public static byte[] trustSet(int threshold, int count, byte[]... certificates) {
        int size = 8 + Stream.of(certificates).mapToInt(der -> 4 + der.length).sum();
        var set = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        set.putInt(threshold).putInt(count);
        Stream.of(certificates).forEach(der -> set.putInt(der.length).put(der));
        return set.array();
    }

    public static byte[] write(Header header, byte[] manifest, byte[] image, List<DetachedSignature> signatures) {
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

    public static TrustBundle readTrust(byte[] file) throws RefusedException {
        try {
            return BundleReader.readTrust(new ByteArrayInputStream(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SignedFile readDraft(byte[] file) {
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
