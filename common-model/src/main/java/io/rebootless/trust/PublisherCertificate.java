package io.rebootless.trust;

import io.rebootless.bundle.BundleFormat;
import io.rebootless.bundle.EncodedCertificate;
import io.rebootless.bundle.Refusal.BadCertificate;
import io.rebootless.bundle.Refusal.UnsupportedKey;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.openssl.PEMParser;

/**
 * A publisher's certificate: a container for one RSA key and the name it goes by. Its chain, dates and extensions
 * decide nothing on a host (a wrong clock must not unpatch); the server looks at the dates once, at upload.
 */
public final class PublisherCertificate {
    /**
     * The sizes of a modulus, in bits, as a person would say it. Kernels verify these and no others ({@code
     * rsa_check_key_length} in crypto/rsa.c); what they take below is too weak.
     */
    public static final String KEY_BITS = "3072 or 4096";

    /** The kernel module takes no larger certificate. */
    public static final int MAX_DER_BYTES = BundleFormat.MAX_CERTIFICATE_BYTES;

    private final X509CertificateHolder certificate;
    private final RSAKeyParameters key;
    private final Sha256 fingerprint;

    private PublisherCertificate(X509CertificateHolder certificate, RSAKeyParameters key, Sha256 fingerprint) {
        this.certificate = certificate;
        this.key = key;
        this.fingerprint = fingerprint;
    }

    /**
     * Reads a certificate in PEM or DER.
     *
     * @throws IllegalArgumentException if it is none, or its key is not RSA of 3072 or 4096 bits
     */
    public static PublisherCertificate parse(byte[] bytes) {
        return of(holder(bytes));
    }

    /** Reads a certificate from a file, naming the file if it is none. */
    public static PublisherCertificate read(Path file) throws IOException {
        try {
            return parse(Files.readAllBytes(file));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Looks into a certificate of a trust set.
     *
     * @param index its place in the set, from 1, to name it
     * @throws RefusedException {@code bad-certificate} or {@code unsupported-key}
     */
    static PublisherCertificate of(EncodedCertificate encoded, int index) throws RefusedException {
        try {
            var certificate = of(der(encoded.der()));
            // Names are decoded when they are asked for: a certificate that has none to show is found out now.
            certificate.subject();
            return certificate;
        } catch (UnsupportedKeyException e) {
            throw new RefusedException(new UnsupportedKey(index, String.valueOf(e.getMessage())));
        } catch (IOException | RuntimeException e) {
            // BouncyCastle answers a structure that is none with several unchecked exceptions.
            throw new RefusedException(new BadCertificate(index, String.valueOf(e.getMessage())));
        }
    }

    /** Its key is none that kernels verify with, or can be broken. */
    private static final class UnsupportedKeyException extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        UnsupportedKeyException(String message) {
            super(message);
        }
    }

    static boolean isKeySize(int bits) {
        return bits == 3072 || bits == 4096;
    }

    static PublisherCertificate of(X509CertificateHolder certificate) {
        try {
            var info = certificate.getSubjectPublicKeyInfo();
            if (!info.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption)
                    || !(PublicKeyFactory.createKey(info) instanceof RSAKeyParameters key)) {
                throw new UnsupportedKeyException("the certificate's key is not RSA; kernels verify RSA only");
            }
            int bits = key.getModulus().bitLength();
            if (!isKeySize(bits)) {
                throw new UnsupportedKeyException(
                        "the certificate's RSA key has %d bits; kernels verify with %s".formatted(bits, KEY_BITS));
            }
            byte[] der = certificate.getEncoded();
            if (der.length > MAX_DER_BYTES) {
                throw new IllegalArgumentException(
                        "the certificate has %d bytes; at most %d are accepted".formatted(der.length, MAX_DER_BYTES));
            }
            return new PublisherCertificate(certificate, key, Sha256.of(der));
        } catch (IOException e) {
            throw new IllegalArgumentException("the certificate's key cannot be read: " + e.getMessage(), e);
        }
    }

    private static X509CertificateHolder holder(byte[] bytes) {
        try {
            if (bytes.length > 0 && bytes[0] == 0x30) {
                return der(bytes);
            }
            var pem = new PEMParser(new InputStreamReader(new ByteArrayInputStream(bytes), StandardCharsets.US_ASCII));
            if (pem.readObject() instanceof X509CertificateHolder certificate) {
                return certificate;
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("not an X.509 certificate: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("not an X.509 certificate in PEM or DER");
    }

    private static X509CertificateHolder der(byte[] bytes) throws IOException {
        var certificate = new X509CertificateHolder(bytes);
        if (!Arrays.equals(certificate.getEncoded(), bytes)) {
            throw new IllegalArgumentException("bytes follow the certificate, or it is not DER");
        }
        return certificate;
    }

    /** SHA-256 of the DER certificate; {@code /sys/kernel/rebootless/keys} shows the same. */
    public Sha256 fingerprint() {
        return fingerprint;
    }

    /** The name to show: the subject's common name if it has one. */
    public String subject() {
        var names = certificate.getSubject().getRDNs(BCStyle.CN);
        return names.length == 0
                ? certificate.getSubject().toString()
                : IETFUtils.valueToString(names[0].getFirst().getValue());
    }

    /** Whether the certificate's dates include this instant. */
    public boolean validAt(Instant instant) {
        return certificate.isValidOn(Date.from(instant));
    }

    public byte[] der() {
        try {
            return certificate.getEncoded();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    X509CertificateHolder holder() {
        return certificate;
    }

    RSAKeyParameters key() {
        return key;
    }

    /** Compares the issuer's encoding: X.500 names are equal to each other in ways that the kernel does not follow. */
    boolean isSigner(X500Name issuer, BigInteger serial) {
        try {
            return Arrays.equals(certificate.getIssuer().getEncoded(), issuer.getEncoded())
                    && certificate.getSerialNumber().equals(serial);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean hasNameOf(PublisherCertificate other) {
        return isSigner(other.certificate.getIssuer(), other.certificate.getSerialNumber());
    }

    /** One modulus is one key holder, whatever the exponent: who can sign with the one can sign with any other. */
    boolean hasKeyOf(PublisherCertificate other) {
        return key.getModulus().equals(other.key.getModulus());
    }

    /** As refusals show it: the name and the fingerprint's first digits. */
    @Override
    public String toString() {
        return subject() + " (" + fingerprint.brief() + "…)";
    }
}
