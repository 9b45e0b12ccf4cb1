package io.rebootless.server.tls;

import io.rebootless.server.storage.PrivateFile;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The server's own certificate authority: an ECDSA P-256 key and a certificate that clients trust, made at first start.
 * It signs nothing but this server's certificates.
 */
final class CertificateAuthority {
    static final Duration SERVER_VALIDITY = Duration.ofDays(397);

    private static final Duration VALIDITY = Duration.ofDays(20 * 365L);

    /** Clients' clocks may be behind the server's. */
    private static final Duration BACKDATED = Duration.ofDays(1);

    private static final String ALGORITHM = "SHA256withECDSA";

    private final X509Certificate certificate;
    private final PrivateKey key;
    private final SecureRandom random;

    private CertificateAuthority(X509Certificate certificate, PrivateKey key, SecureRandom random) {
        this.certificate = certificate;
        this.key = key;
        this.random = random;
    }

    /** Takes the authority from its two files, or makes it and them. */
    static CertificateAuthority open(Path certificateFile, Path keyFile, Clock clock, SecureRandom random)
            throws IOException, GeneralSecurityException {
        if (Files.exists(certificateFile) && Files.exists(keyFile)) {
            return new CertificateAuthority(certificate(certificateFile), privateKey(keyFile), random);
        }
        KeyPair pair = keyPair(random);
        Instant now = clock.instant();
        var name = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.CN, "Rebootless server CA " + now.toString().substring(0, 10))
                .build();
        var builder = new JcaX509v3CertificateBuilder(
                name,
                serial(random),
                Date.from(now.minus(BACKDATED)),
                Date.from(now.plus(VALIDITY)),
                name,
                pair.getPublic());
        var extensions = new JcaX509ExtensionUtils();
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        builder.addExtension(
                Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(pair.getPublic()));
        X509Certificate certificate = sign(builder, pair.getPrivate(), random);
        PrivateFile.writeSecret(keyFile, pem(pair.getPrivate()));
        PrivateFile.writePublic(certificateFile, pem(certificate));
        return new CertificateAuthority(certificate, pair.getPrivate(), random);
    }

    /** Makes a key and a certificate for a server of these names, and writes both. */
    void issue(List<String> names, GeneralNames alternativeNames, Path certificateFile, Path keyFile, Instant now)
            throws IOException, GeneralSecurityException {
        KeyPair pair = keyPair(random);
        var subject = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.CN, shortened(names.get(0)))
                .build();
        var builder = new JcaX509v3CertificateBuilder(
                certificate,
                serial(random),
                Date.from(now.minus(BACKDATED)),
                Date.from(now.plus(SERVER_VALIDITY)),
                subject,
                pair.getPublic());
        var extensions = new JcaX509ExtensionUtils();
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        builder.addExtension(Extension.subjectAlternativeName, false, alternativeNames);
        builder.addExtension(
                Extension.authorityKeyIdentifier, false, extensions.createAuthorityKeyIdentifier(certificate));
        builder.addExtension(
                Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(pair.getPublic()));
        X509Certificate issued = sign(builder, key, random);
        PrivateFile.writeSecret(keyFile, pem(pair.getPrivate()));
        PrivateFile.writePublic(certificateFile, pem(issued, certificate));
    }

    /** Whether this authority, as it is now, has signed the certificate. */
    boolean hasSigned(X509Certificate issued) {
        try {
            issued.verify(certificate.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    static X509Certificate certificate(Path file) throws IOException, GeneralSecurityException {
        try (var pem = new PEMParser(Files.newBufferedReader(file, StandardCharsets.US_ASCII))) {
            if (pem.readObject() instanceof X509CertificateHolder holder) {
                return new JcaX509CertificateConverter().getCertificate(holder);
            }
        }
        throw new IOException(file + ": not a certificate in PEM");
    }

    private static PrivateKey privateKey(Path file) throws IOException {
        try (var pem = new PEMParser(new StringReader(Files.readString(file, StandardCharsets.US_ASCII)))) {
            if (pem.readObject() instanceof PrivateKeyInfo info) {
                return new JcaPEMKeyConverter().getPrivateKey(info);
            }
        }
        throw new IOException(file + ": not a private key in PEM (PKCS #8)");
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

    private static byte[] pem(PrivateKey key) throws IOException {
        return pemOf(new JcaPKCS8Generator(key, null));
    }

    private static byte[] pem(X509Certificate... certificates) throws IOException {
        return pemOf((Object[]) certificates);
    }

    private static byte[] pemOf(Object... objects) throws IOException {
        var text = new StringWriter();
        try (var pem = new JcaPEMWriter(text)) {
            for (Object object : objects) {
                pem.writeObject(object);
            }
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
