package io.rebootless.testing;

import io.rebootless.bundle.BundleHeader;
import io.rebootless.bundle.DetachedSignature;
import io.rebootless.bundle.ManifestCodec;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.trust.PublisherCertificate;
import io.rebootless.trust.PublisherKey;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * What a kernel could be made to take for a publisher's word, as whole bundles for the kernel build, livepatch and
 * image given. Verifiers must refuse them all.
 */
public final class TrustAttacks {
    private final KernelBuild kernel;
    private final String module;
    private final long level;
    private final byte[] image;

    /** Attacks that would bring this livepatch in. */
    public TrustAttacks(KernelBuild kernel, String module, long level, byte[] image) {
        this.kernel = kernel;
        this.module = module;
        this.level = level;
        this.image = image.clone();
    }

    /**
     * A key of mallory's with a certificate that {@code issuer} has signed as if theirs were an authority's, which it
     * says it is not (CA:FALSE). The kernel's keyrings follow such a chain all the same.
     */
    public static PublisherKey minted(PublisherKey issuer) {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(3072);
            var pair = generator.generateKeyPair();
            var authority = new X509CertificateHolder(issuer.certificate().der());
            var subjectKey = SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
            var signing = KeyFactory.getInstance("RSA")
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(issuer.privateKeyInfo().getEncoded()));
            var extensions = new BcX509ExtensionUtils();
            var certificate = new X509v3CertificateBuilder(
                            authority.getSubject(),
                            BigInteger.valueOf(666),
                            Date.from(TestBundles.CREATED),
                            Date.from(TestBundles.CREATED.plus(Duration.ofDays(3650))),
                            new X500Name("CN=mallory (minted)"),
                            subjectKey)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(
                            Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(subjectKey))
                    .addExtension(
                            Extension.authorityKeyIdentifier, false, extensions.createAuthorityKeyIdentifier(authority))
                    .build(new JcaContentSignerBuilder("SHA256withRSA").build(signing));
            return PublisherKey.of(
                    PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded()),
                    PublisherCertificate.parse(certificate.getEncoded()));
        } catch (GeneralSecurityException | OperatorCreationException | java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A publisher whose name has more than one part. */
    public static PublisherKey ofAnOrganisation() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(3072);
            var pair = generator.generateKeyPair();
            var name = new X500Name("O=Example,CN=carol (test)");
            var certificate = new X509v3CertificateBuilder(
                            name,
                            BigInteger.valueOf(667),
                            Date.from(TestBundles.CREATED),
                            Date.from(TestBundles.CREATED.plus(Duration.ofDays(3650))),
                            name,
                            SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()))
                    .build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate()));
            return PublisherKey.of(
                    PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded()),
                    PublisherCertificate.parse(certificate.getEncoded()));
        } catch (GeneralSecurityException | OperatorCreationException | java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Signed by the minted key alone: nothing in the bundle says who {@code minted} is. */
    public byte[] byMintedKey(PublisherKey minted) {
        return bundle(CmsForge.by(minted));
    }

    /** Signed by the minted key, its chain to the trusted {@code issuer} embedded. */
    public byte[] byMintedKeyWithChain(PublisherKey minted, PublisherKey issuer) {
        return bundle(CmsForge.by(minted).embedding(minted.certificate(), issuer.certificate()));
    }

    /** Properly signed, but for certificates in the CMS. */
    public byte[] withEmbeddedCertificates(PublisherKey signer, PublisherCertificate... certificates) {
        return bundle(CmsForge.by(signer).embedding(certificates));
    }

    /** One CMS in which all of these have signed: one entry that would count for several. */
    public byte[] withSeveralSignerInfos(PublisherKey... signers) {
        return bundle(CmsForge.by(signers));
    }

    /** Properly signed, but over attributes. */
    public byte[] withSignedAttributes(PublisherKey signer) {
        return bundle(CmsForge.by(signer).withAttributes());
    }

    /** Properly signed, but over attributes with S/MIME capabilities among them. */
    public byte[] withCapabilities(PublisherKey signer) {
        return bundle(CmsForge.by(signer).withCapabilities());
    }

    /** One key's signature twice, each an entry of its own. */
    public byte[] signedTwice(PublisherKey signer) {
        return bundle(CmsForge.by(signer), CmsForge.by(signer));
    }

    /**
     * Properly signed by both, but the first one's signature names somebody whose issuer and serial number, one behind
     * the other, are the same bytes as theirs.
     */
    public byte[] withNameMovedIntoSerial(PublisherKey signer, PublisherKey proper) {
        return bundle(CmsForge.by(signer).movingNameIntoSerial(), CmsForge.by(proper));
    }

    /** With one signature entry for each of these. */
    public byte[] bundle(CmsForge... signatures) {
        byte[] manifest = ManifestCodec.encode(TestBundles.manifest(level, "CVE-2026-0001"));
        var header = new BundleHeader(true, level, 0, manifest.length, image.length, kernel, module);
        byte[] draft = TestBundles.write(header, manifest, image, List.of());
        byte[] signedPart = Arrays.copyOf(draft, (int) header.signedBytes());
        List<DetachedSignature> signed =
                Arrays.stream(signatures).map(forge -> forge.sign(signedPart)).toList();
        return TestBundles.write(header, manifest, image, signed);
    }
}
