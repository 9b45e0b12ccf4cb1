package io.rebootless.trust;

import io.rebootless.bundle.DetachedSignature;
import io.rebootless.bundle.SignedFile;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.digests.Prehash;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcRSAContentSignerBuilder;

/** A publisher's private key and the certificate that goes with it. Never on a server, never on a host. */
public final class PublisherKey {
    private final RSAPrivateCrtKeyParameters key;
    private final PublisherCertificate certificate;

    private PublisherKey(RSAPrivateCrtKeyParameters key, PublisherCertificate certificate) {
        this.key = key;
        this.certificate = certificate;
    }

    /**
     * Joins a private key with its certificate.
     *
     * @throws IllegalArgumentException if they do not belong together
     */
    public static PublisherKey of(PrivateKeyInfo info, PublisherCertificate certificate) {
        try {
            if (!(PrivateKeyFactory.createKey(info) instanceof RSAPrivateCrtKeyParameters key)) {
                throw new IllegalArgumentException("the private key is not RSA");
            }
            if (!key.getModulus().equals(certificate.key().getModulus())) {
                throw new IllegalArgumentException("the private key is not that of the certificate " + certificate);
            }
            return new PublisherKey(key, certificate);
        } catch (IOException e) {
            throw new IllegalArgumentException("the private key cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Makes a key and a self-signed certificate for it, in the shape that kernels and this product accept.
     *
     * @param name the certificate's common name, 1 to 64 characters (X.520 ub-common-name)
     * @param bits 3072 or 4096
     * @param validity from {@code now} on; looked at by the server at upload only
     */
    public static PublisherKey create(String name, int bits, Instant now, Duration validity, SecureRandom random) {
        if (name.isBlank() || name.length() > 64) {
            throw new IllegalArgumentException("a publisher's name has 1 to 64 characters");
        }
        if (!PublisherCertificate.isKeySize(bits)) {
            throw new IllegalArgumentException(
                    "an RSA key of %s bits is wanted, not %d".formatted(PublisherCertificate.KEY_BITS, bits));
        }
        try {
            // The JDK finds primes several times faster than BouncyCastle's lightweight generator.
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4), random);
            var pair = generator.generateKeyPair();
            var privateKey = (RSAPrivateCrtKeyParameters)
                    PrivateKeyFactory.createKey(pair.getPrivate().getEncoded());
            var subject = new X500NameBuilder(BCStyle.INSTANCE)
                    .addRDN(BCStyle.CN, name)
                    .build();
            var publicKey = SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
            var extensions = new BcX509ExtensionUtils();
            var certificate = new X509v3CertificateBuilder(
                            subject,
                            new BigInteger(127, random).setBit(126),
                            Date.from(now),
                            Date.from(now.plus(validity)),
                            subject,
                            publicKey)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(
                            Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(publicKey))
                    .addExtension(
                            Extension.authorityKeyIdentifier, false, extensions.createAuthorityKeyIdentifier(publicKey))
                    .build(new BcRSAContentSignerBuilder(
                                    new AlgorithmIdentifier(
                                            PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE),
                                    CmsSignature.Hash.SHA256.algorithm())
                            .build(privateKey));
            return new PublisherKey(privateKey, PublisherCertificate.of(certificate));
        } catch (IOException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("a certificate for the new key could not be made", e);
        }
    }

    public PublisherCertificate certificate() {
        return certificate;
    }

    /** The private key as PKCS #8: secret. */
    public PrivateKeyInfo privateKeyInfo() {
        try {
            return PrivateKeyInfoFactory.createPrivateKeyInfo(key);
        } catch (IOException e) {
            throw new IllegalStateException("the private key could not be encoded", e);
        }
    }

    /** Signs a bundle's signed part with SHA-256, in the one profile. */
    public DetachedSignature sign(SignedFile bundle, SecureRandom random) {
        var signer = new RSADigestSigner(Prehash.forDigest(new SHA256Digest()), NISTObjectIdentifiers.id_sha256);
        signer.init(true, new ParametersWithRandom((RSAKeyParameters) key, random));
        byte[] digest = bundle.identity().bytes();
        signer.update(digest, 0, digest.length);
        try {
            var holder = certificate.holder();
            return new DetachedSignature(new CmsSignature(
                            holder.getIssuer(),
                            holder.getSerialNumber(),
                            CmsSignature.Hash.SHA256,
                            signer.generateSignature())
                    .encode());
        } catch (CryptoException e) {
            throw new IllegalStateException("signing failed", e);
        }
    }
}
