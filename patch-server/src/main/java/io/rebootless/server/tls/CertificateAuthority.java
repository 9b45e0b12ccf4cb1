package io.rebootless.server.tls;

import io.rebootless.bundle.Sha256;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The server's own certificate authority: an ECDSA P-256 key and a certificate that clients trust. It signs this server's
 * certificates, and once the authority that comes after it.
 *
 * @param certificate what clients trust
 */
record CertificateAuthority(X509Certificate certificate, PrivateKey key, SecureRandom random) {
    static final Duration SERVER_VALIDITY = Duration.ofDays(397);

    static final Duration VALIDITY = Duration.ofDays(20 * 365L);

    /** Clients' clocks may be behind the server's. */
    private static final Duration BACKDATED = Duration.ofDays(1);

    /** Below it the next authority, below that a server. */
    private static final int PATH_LENGTH = 1;

    private static final String ALGORITHM = "SHA256withECDSA";

    /** A certificate and its key, just made. */
    record Issued(X509Certificate certificate, PrivateKey key) {}

    static CertificateAuthority create(Instant now, SecureRandom random) throws IOException, GeneralSecurityException {
        KeyPair pair = keyPair(random);
        BigInteger serial = serial(random);
        // Two of one day must not have one name: a client could take the one for the other.
        var name = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(
                        BCStyle.CN,
                        "Rebootless server CA %s %08x".formatted(now.toString().substring(0, 10), serial.intValue()))
                .build();
        var builder = new JcaX509v3CertificateBuilder(
                name, serial, Date.from(now.minus(BACKDATED)), Date.from(now.plus(VALIDITY)), name, pair.getPublic());
        authority(builder, pair.getPublic(), PATH_LENGTH);
        return new CertificateAuthority(sign(builder, pair.getPrivate(), random), pair.getPrivate(), random);
    }

    /** Makes a key and a certificate for a server of these names; it does not outlive the authority. */
    Issued issue(List<String> names, GeneralNames alternativeNames, Instant now)
            throws IOException, GeneralSecurityException {
        KeyPair pair = keyPair(random);
        var subject = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.CN, shortened(names.get(0)))
                .build();
        var builder = new JcaX509v3CertificateBuilder(
                certificate,
                serial(random),
                Date.from(now.minus(BACKDATED)),
                earlier(Date.from(now.plus(SERVER_VALIDITY)), certificate.getNotAfter()),
                subject,
                pair.getPublic());
        var extensions = new JcaX509ExtensionUtils();
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        builder.addExtension(Extension.subjectAlternativeName, false, alternativeNames);
        // The key only, without issuer and serial number: the issuer has a second certificate while it is cross-signed.
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                extensions.createAuthorityKeyIdentifier(certificate.getPublicKey()));
        builder.addExtension(
                Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(pair.getPublic()));
        return new Issued(sign(builder, key, random), pair.getPrivate());
    }

    /**
     * Vouches for the authority that comes after this one, so that a client that trusts only this one can go on. Empty
     * for an authority of an early version, which may have nothing but servers below it.
     */
    Optional<X509Certificate> crossSign(X509Certificate next, Instant now)
            throws IOException, GeneralSecurityException {
        if (certificate.getBasicConstraints() < PATH_LENGTH) {
            return Optional.empty();
        }
        var builder = new JcaX509v3CertificateBuilder(
                certificate,
                serial(random),
                Date.from(now.minus(BACKDATED)),
                earlier(next.getNotAfter(), certificate.getNotAfter()),
                X500Name.getInstance(next.getSubjectX500Principal().getEncoded()),
                next.getPublicKey());
        authority(builder, next.getPublicKey(), 0);
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate.getPublicKey()));
        return Optional.of(sign(builder, key, random));
    }

    /** Whether this authority, as it is now, has signed the certificate. */
    boolean hasSigned(X509Certificate issued) {
        return signed(issued, certificate);
    }

    /** Whether the key in {@code authority} has signed the certificate. */
    static boolean signed(X509Certificate issued, X509Certificate authority) {
        try {
            issued.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    static Sha256 fingerprint(X509Certificate certificate) {
        try {
            return Sha256.of(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static void authority(X509v3CertificateBuilder builder, PublicKey key, int pathLength)
            throws IOException, GeneralSecurityException {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(pathLength));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        builder.addExtension(
                Extension.subjectKeyIdentifier, false, new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
    }

    private static Date earlier(Date one, Date other) {
        return one.before(other) ? one : other;
    }

    private static KeyPair keyPair(SecureRandom random) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        return generator.generateKeyPair();
    }

    private static BigInteger serial(SecureRandom random) {
        return new BigInteger(127, random).add(BigInteger.ONE);
    }

    private static String shortened(String name) {
        // A common name has at most 64 characters (X.520 ub-common-name).
        return name.length() > 64 ? name.substring(0, 64) : name;
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key, SecureRandom random)
            throws GeneralSecurityException {
        try {
            var signer = new JcaContentSignerBuilder(ALGORITHM)
                    .setSecureRandom(random)
                    .build(key);
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    /** Not the key. */
    @Override
    public String toString() {
        return "CertificateAuthority[%s]".formatted(certificate.getSubjectX500Principal());
    }
}
