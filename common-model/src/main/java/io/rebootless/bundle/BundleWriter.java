package io.rebootless.bundle;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;

/** Writes bundles: the signed part first, then its signatures behind it. */
public final class BundleWriter {
    private BundleWriter() {}

    /**
     * The signed part as a stream, to be hashed, signed or written.
     *
     * @param manifest exactly {@code header.manifestSize()} bytes
     * @param image read to its end, which must come after {@code header.imageSize()} bytes
     */
    public static InputStream signedPart(Header header, byte[] manifest, InputStream image) {
        if (manifest.length != header.manifestSize()) {
            throw new IllegalArgumentException("the header announces a manifest of another size");
        }
        return new SequenceInputStream(Collections.enumeration(List.of(
                new ByteArrayInputStream(HeaderCodec.encode(header)), new ByteArrayInputStream(manifest), image)));
    }

    /**
     * Writes a bundle.
     *
     * @param signedPart copied to {@code out} to its end
     * @param signatures none for a draft, at most {@link BundleFormat#MAX_SIGNATURES}
     */
    public static void write(OutputStream out, InputStream signedPart, List<DetachedSignature> signatures)
            throws IOException {
        if (signatures.size() > BundleFormat.MAX_SIGNATURES) {
            throw new IllegalArgumentException(
                    "a bundle has room for %d signatures".formatted(BundleFormat.MAX_SIGNATURES));
        }
        signedPart.transferTo(out);
        out.write(littleEndian(signatures.size()));
        for (DetachedSignature signature : signatures) {
            if (signature.size() < 1 || signature.size() > BundleFormat.MAX_SIGNATURE_BYTES) {
                throw new IllegalArgumentException(
                        "a signature has 1 to %d bytes".formatted(BundleFormat.MAX_SIGNATURE_BYTES));
            }
            out.write(littleEndian(signature.size()));
            out.write(signature.der());
        }
    }

    private static byte[] littleEndian(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }
}
