package io.rebootless.bundle;

import static io.rebootless.bundle.BundleFormat.MAX_CERTIFICATES;
import static io.rebootless.bundle.BundleFormat.MAX_CERTIFICATE_BYTES;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;

/** A trust set's bytes: threshold, count, then each certificate behind its length. There is one encoding of each set. */
public final class TrustSetCodec {
    private static final int U32 = Integer.BYTES;

    private TrustSetCodec() {}

    /** The image of a trust bundle for this set. */
    public static byte[] encode(TrustSet set) {
        int size = 2 * U32
                + set.certificates().stream()
                        .mapToInt(certificate -> U32 + certificate.size())
                        .sum();
        var out = ByteBuffer.allocate(size)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(set.threshold())
                .putInt(set.certificates().size());
        set.certificates().forEach(certificate -> out.putInt(certificate.size()).put(certificate.der()));
        return out.array();
    }

    /**
     * Reads the image of a trust bundle.
     *
     * @throws RefusedException {@code bad-trust-set}
     */
    public static TrustSet decode(byte[] image) throws RefusedException {
        var in = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        long threshold = unsigned(in, "the threshold");
        long count = unsigned(in, "the number of certificates");
        if (count < 1 || count > MAX_CERTIFICATES) {
            throw bad("1 to %d certificates".formatted(MAX_CERTIFICATES), count);
        }
        if (threshold < 1 || threshold > count) {
            throw bad("a threshold from 1 to the number of certificates, " + count, threshold);
        }
        var certificates = new ArrayList<EncodedCertificate>();
        for (int i = 1; i <= count; i++) {
            long size = unsigned(in, "the length of certificate " + i);
            if (size < 1 || size > MAX_CERTIFICATE_BYTES) {
                throw bad("1 to %d bytes for certificate %d".formatted(MAX_CERTIFICATE_BYTES, i), size);
            }
            if (size > in.remaining()) {
                throw bad("%d bytes of certificate %d".formatted(size, i), in.remaining());
            }
            byte[] der = new byte[(int) size];
            in.get(der);
            certificates.add(new EncodedCertificate(der));
        }
        if (in.hasRemaining()) {
            throw bad("the image's end after the last certificate", in.remaining() + " more bytes");
        }
        return new TrustSet((int) threshold, certificates);
    }

    private static long unsigned(ByteBuffer in, String what) throws RefusedException {
        if (in.remaining() < U32) {
            throw bad("%d bytes for %s".formatted(U32, what), in.remaining());
        }
        return Integer.toUnsignedLong(in.getInt());
    }

    private static RefusedException bad(String rule, Object found) {
        return new RefusedException(new Refusal.BadTrustSet(rule, found.toString()));
    }
}
