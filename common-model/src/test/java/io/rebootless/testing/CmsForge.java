package io.rebootless.testing;

import io.rebootless.bundle.DetachedSignature;
import io.rebootless.trust.PublisherCertificate;
import io.rebootless.trust.PublisherKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerIdentifier;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.smime.SMIMECapabilitiesAttribute;
import org.bouncycastle.asn1.smime.SMIMECapability;
import org.bouncycastle.asn1.smime.SMIMECapabilityVector;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Signatures by a hand other than the product's: unless told otherwise in the one profile of {@code
 * docs/bundle-format.md}, so that exactly what a test asks for is what is wrong with them. Each would verify for a
 * reader that knows less than ours.
 */
public final class CmsForge {
    private final List<PublisherKey> signers;
    private final List<PublisherCertificate> embedded = new ArrayList<>();
    private boolean attributes;
    private boolean capabilities;
    private boolean nameMoved;

    private CmsForge(List<PublisherKey> signers) {
        this.signers = signers;
    }

    /** One SignerInfo for each of these. */
    public static CmsForge by(PublisherKey... signers) {
        return new CmsForge(List.of(signers));
    }

    /** With these certificates in it, as OpenSSL does without {@code -nocerts}. */
    public CmsForge embedding(PublisherCertificate... certificates) {
        embedded.addAll(List.of(certificates));
        return this;
    }

    /** With signed attributes, as OpenSSL does without {@code -noattr -nosmimecap}: type, digest, time. */
    public CmsForge withAttributes() {
        attributes = true;
        return this;
    }

    /** With S/MIME capabilities among the signed attributes, as OpenSSL does without {@code -noattr}. */
    public CmsForge withCapabilities() {
        capabilities = true;
        return withAttributes();
    }

    /**
     * With the first part of the issuer's name moved to the end of the serial number: two other values, and the same
     * bytes once the kernel has put the one behind the other, as it does to compare them.
     */
    public CmsForge movingNameIntoSerial() {
        nameMoved = true;
        return this;
    }

    /** The signature of these bytes. */
    public DetachedSignature sign(byte[] signedPart) {
        try {
            var infos = new ASN1EncodableVector();
            for (PublisherKey signer : signers) {
                infos.add(info(signer, signedPart));
            }
            var signedData = new SignedData(
                    new DERSet(sha256()),
                    new ContentInfo(CMSObjectIdentifiers.data, null),
                    embedded.isEmpty() ? null : certificates(),
                    null,
                    new DERSet(infos));
            return new DetachedSignature(
                    new ContentInfo(CMSObjectIdentifiers.signedData, signedData).getEncoded(ASN1Encoding.DER));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private SignerInfo info(PublisherKey signer, byte[] signedPart) throws IOException, GeneralSecurityException {
        var certificate = new X509CertificateHolder(signer.certificate().der());
        ASN1Set signedAttributes = attributes ? attributes(signedPart) : null;
        byte[] toSign = signedAttributes == null ? signedPart : signedAttributes.getEncoded(ASN1Encoding.DER);
        var rsa = Signature.getInstance("SHA256withRSA");
        rsa.initSign(KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(signer.privateKeyInfo().getEncoded())));
        rsa.update(toSign);
        return new SignerInfo(
                new SignerIdentifier(signerName(certificate)),
                sha256(),
                signedAttributes,
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                new DEROctetString(rsa.sign()),
                (ASN1Set) null);
    }

    private IssuerAndSerialNumber signerName(X509CertificateHolder certificate) throws IOException {
        X500Name issuer = certificate.getIssuer();
        BigInteger serial = certificate.getSerialNumber();
        if (!nameMoved) {
            return new IssuerAndSerialNumber(issuer, serial);
        }
        RDN[] parts = issuer.getRDNs();
        var moved = new ByteArrayOutputStream();
        moved.writeBytes(serial.toByteArray());
        moved.writeBytes(parts[0].getEncoded(ASN1Encoding.DER));
        return new IssuerAndSerialNumber(
                new X500Name(Arrays.copyOfRange(parts, 1, parts.length)), new BigInteger(moved.toByteArray()));
    }

    private ASN1Set attributes(byte[] signedPart) throws GeneralSecurityException {
        var all = new ASN1EncodableVector();
        all.add(attribute(CMSAttributes.contentType, CMSObjectIdentifiers.data));
        all.add(attribute(CMSAttributes.signingTime, new Time(Date.from(Instant.parse("2026-11-22T10:00:00Z")))));
        all.add(attribute(
                CMSAttributes.messageDigest,
                new DEROctetString(MessageDigest.getInstance("SHA-256").digest(signedPart))));
        if (capabilities) {
            var known = new SMIMECapabilityVector();
            known.addCapability(NISTObjectIdentifiers.id_aes256_CBC);
            known.addCapability(SMIMECapability.dES_EDE3_CBC);
            all.add(new SMIMECapabilitiesAttribute(known));
        }
        return new DERSet(all);
    }

    private static Attribute attribute(ASN1ObjectIdentifier type, ASN1Encodable value) {
        return new Attribute(type, new DERSet(value));
    }

    private ASN1Set certificates() throws IOException {
        var all = new ASN1EncodableVector();
        for (PublisherCertificate certificate : embedded) {
            all.add(ASN1Primitive.fromByteArray(certificate.der()));
        }
        return new DERSet(all);
    }

    private static AlgorithmIdentifier sha256() {
        return new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256);
    }
}
