package io.rebootless.bundle;

import java.util.Arrays;
import java.util.HexFormat;

/** One entry of the signature section: a CMS in DER, not yet looked into. */
public final class DetachedSignature {
    private final byte[] der;

    public DetachedSignature(byte[] der) {
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
        return other instanceof DetachedSignature that && Arrays.equals(der, that.der);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(der);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(der);
    }
}
