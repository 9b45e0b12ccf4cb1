package io.rebootless.bundle;

import io.rebootless.bundle.Refusal.Section;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads a bundle in one pass, whatever it comes from, holding no more of it in memory than the manifest and the
 * signatures: the image only passes by. {@code docs/bundle-format.md} is the specification.
 */
public final class BundleReader {
    private static final int CHUNK = 64 * 1024;

    private final InputStream in;
    private final MessageDigest signed256 = Sha256.start();
    private final MessageDigest signed512 = Sha256.newDigest("SHA-512");
    private final MessageDigest file = Sha256.start();
    private long position;

    private BundleReader(InputStream in) {
        this.in = in;
    }

    /**
     * Reads a kernel livepatch to its end.
     *
     * @param in read to the end of the file if the bundle is well formed, at most {@link BundleFormat#MAX_FILE_BYTES}
     *     and one; not closed
     * @throws RefusedException if it is not well formed, or {@code wrong-kind}
     */
    public static Bundle read(InputStream in) throws IOException, RefusedException {
        if (readAny(in) instanceof Bundle bundle) {
            return bundle;
        }
        throw new RefusedException(new Refusal.WrongKind(BundleKind.KERNEL_LIVEPATCH, BundleKind.TRUST));
    }

    /**
     * Reads a trust bundle to its end.
     *
     * @throws RefusedException if it is not well formed, or {@code wrong-kind}
     */
    public static TrustBundle readTrust(InputStream in) throws IOException, RefusedException {
        if (readAny(in) instanceof TrustBundle bundle) {
            return bundle;
        }
        throw new RefusedException(new Refusal.WrongKind(BundleKind.TRUST, BundleKind.KERNEL_LIVEPATCH));
    }

    /** Reads a bundle of any kind to its end, for those to whom every kind is the same. */
    public static SignedFile readAny(InputStream in) throws IOException, RefusedException {
        return new BundleReader(in).read(1);
    }

    /** Reads a bundle of any kind that may still lack signatures, as {@code rebootless bundle create} leaves it. */
    public static SignedFile readDraft(InputStream in) throws IOException, RefusedException {
        return new BundleReader(in).read(0);
    }

    private SignedFile read(int minSignatures) throws IOException, RefusedException {
        Header header = HeaderCodec.decode(section(Section.HEADER, BundleFormat.HEADER_BYTES, true));
        byte[] manifest = section(Section.MANIFEST, header.manifestSize(), true);
        if (header instanceof TrustHeader trust) {
            var set = TrustSetCodec.decode(section(Section.IMAGE, trust.imageSize(), true));
            var signatures = signaturesAndEnd(minSignatures);
            return new TrustBundle(
                    trust,
                    ManifestCodec.decode(manifest),
                    text(manifest),
                    set,
                    Sha256.from(signed256),
                    sha512(),
                    Sha256.from(file),
                    position,
                    signatures);
        }
        passImage(header.imageSize());
        var signatures = signaturesAndEnd(minSignatures);
        return new Bundle(
                (BundleHeader) header,
                ManifestCodec.decode(manifest),
                text(manifest),
                Sha256.from(signed256),
                sha512(),
                Sha256.from(file),
                position,
                signatures);
    }

    private static String text(byte[] manifest) {
        return new String(manifest, StandardCharsets.UTF_8);
    }

    private String sha512() {
        return HexFormat.of().formatHex(signed512.digest());
    }

    private List<DetachedSignature> signaturesAndEnd(int min) throws IOException, RefusedException {
        var signatures = signatures(min);
        if (in.read() >= 0) {
            throw new RefusedException(new Refusal.TrailingBytes(position));
        }
        return signatures;
    }

    private List<DetachedSignature> signatures(int min) throws IOException, RefusedException {
        long count = unsigned(Section.SIGNATURES);
        if (count < min || count > BundleFormat.MAX_SIGNATURES) {
            throw new RefusedException(new Refusal.SignatureCount(
                    "%d to %d signatures".formatted(min, BundleFormat.MAX_SIGNATURES), count));
        }
        var signatures = new ArrayList<DetachedSignature>();
        for (int i = 0; i < count; i++) {
            long size = unsigned(Section.SIGNATURES);
            if (size < 1 || size > BundleFormat.MAX_SIGNATURE_BYTES) {
                throw new RefusedException(new Refusal.SignatureSize(
                        "1 to %d bytes for signature %d".formatted(BundleFormat.MAX_SIGNATURE_BYTES, i + 1), size));
            }
            signatures.add(new DetachedSignature(section(Section.SIGNATURES, (int) size, false)));
        }
        return signatures;
    }

    private long unsigned(Section section) throws IOException, RefusedException {
        return Integer.toUnsignedLong(ByteBuffer.wrap(section(section, 4, false))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt());
    }

    private void passImage(int size) throws IOException, RefusedException {
        byte[] buffer = new byte[Math.min(size, CHUNK)];
        for (int left = size; left > 0; ) {
            int read = in.readNBytes(buffer, 0, Math.min(left, buffer.length));
            if (read == 0) {
                throw new RefusedException(new Refusal.Truncated(Section.IMAGE, left, 0));
            }
            account(buffer, read, true);
            left -= read;
        }
    }

    private byte[] section(Section section, int size, boolean signed) throws IOException, RefusedException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new RefusedException(new Refusal.Truncated(section, size, bytes.length));
        }
        account(bytes, size, signed);
        return bytes;
    }

    private void account(byte[] bytes, int length, boolean signed) {
        position += length;
        file.update(bytes, 0, length);
        if (signed) {
            signed256.update(bytes, 0, length);
            signed512.update(bytes, 0, length);
        }
    }
}
