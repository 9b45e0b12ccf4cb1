package io.rebootless.bundle;

import java.util.Arrays;

/** One certificate of a trust set: said to be X.509 in DER, not yet looked into. */
public final class EncodedCertificate {
    private final byte[] der;

    /**
     * Takes the bytes as they are.
     *
     * @param der 1 to {@link BundleFormat#MAX_CERTIFICATE_BYTES}
     */
    public EncodedCertificate(byte[] der) {
        Rules.require(
                der.length >= 1 && der.length <= BundleFormat.MAX_CERTIFICATE_BYTES,
                "a certificate has 1 to %d bytes, not %d".formatted(BundleFormat.MAX_CERTIFICATE_BYTES, der.length));
        this.der = der.clone();
    }

    public byte[] der() {
        return der.clone();
    }

    int size() {
        return der.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EncodedCertificate that && Arrays.equals(der, that.der);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(der);
    }

    @Override
    public String toString() {
        return "certificate " + Sha256.of(der).brief() + "…";
    }
}
