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
     * Reads a bundle to its end.
     *
     * @param in read to the end of the file if the bundle is well formed, at most {@link BundleFormat#MAX_FILE_BYTES}
     *     and one; not closed
     * @throws RefusedException if it is not well formed
     */
    public static Bundle read(InputStream in) throws IOException, RefusedException {
        return new BundleReader(in).read(1);
    }

    /** Reads a bundle that may still lack signatures, as {@code rebootless bundle create} leaves it. */
    public static Bundle readDraft(InputStream in) throws IOException, RefusedException {
        return new BundleReader(in).read(0);
    }

    private Bundle read(int minSignatures) throws IOException, RefusedException {
        BundleHeader header = HeaderCodec.decode(section(Section.HEADER, BundleFormat.HEADER_BYTES, true));
        byte[] manifest = section(Section.MANIFEST, header.manifestSize(), true);
        passImage(header.imageSize());
        var signatures = signatures(minSignatures);
        if (in.read() >= 0) {
            throw new RefusedException(new Refusal.TrailingBytes(position));
        }
        return new Bundle(
                header,
                ManifestCodec.decode(manifest),
                new String(manifest, StandardCharsets.UTF_8),
                Sha256.from(signed256),
                HexFormat.of().formatHex(signed512.digest()),
                Sha256.from(file),
                position,
                signatures);
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
