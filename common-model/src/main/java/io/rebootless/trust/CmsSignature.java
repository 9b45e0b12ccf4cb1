package io.rebootless.trust;

import io.rebootless.bundle.DetachedSignature;
import io.rebootless.bundle.Refusal.SignatureProfile;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.SignedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerIdentifier;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.Prehash;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.signers.RSADigestSigner;

/**
 * The one CMS profile of {@code docs/bundle-format.md}: four values, and exactly one encoding of them. A signature is
 * taken apart, encoded again from its four values, and refused unless both encodings are equal: so there is no byte
 * that this reader ignores and another might not (RFC 5652 section 5, RFC 8017 section 8.2).
 */
final class CmsSignature {
    private final X500Name issuer;
    private final BigInteger serial;
    private final Hash hash;
    private final byte[] value;

    CmsSignature(X500Name issuer, BigInteger serial, Hash hash, byte[] value) {
        this.issuer = issuer;
        this.serial = serial;
        this.hash = hash;
        this.value = value.clone();
    }

    enum Hash {
        SHA256(NISTObjectIdentifiers.id_sha256),
        SHA512(NISTObjectIdentifiers.id_sha512);

        private final ASN1ObjectIdentifier oid;

        Hash(ASN1ObjectIdentifier oid) {
            this.oid = oid;
        }

        /** Parameters absent, as RFC 5754 section 2 asks for and OpenSSL writes. */
        AlgorithmIdentifier algorithm() {
            return new AlgorithmIdentifier(oid);
        }

        private Digest prehashed() {
            return Prehash.forDigest(this == SHA256 ? new SHA256Digest() : new SHA512Digest());
        }

        private byte[] of(SignedFile bundle) {
            return this == SHA256 ? bundle.identity().bytes() : HexFormat.of().parseHex(bundle.sha512());
        }
    }

    /**
     * Takes a signature apart.
     *
     * @param index the signature's place in the section, from 1, to name it
     * @throws RefusedException {@code signature-profile}
     */
    static CmsSignature decode(DetachedSignature signature, int index) throws RefusedException {
        byte[] der = signature.der();
        CmsSignature decoded;
        try {
            decoded = take(der);
        } catch (IOException | RuntimeException e) {
            // BouncyCastle answers a structure that is none with several unchecked exceptions.
            throw refused(index, "to be a detached CMS SignedData with one SignerInfo", String.valueOf(e.getMessage()));
        }
        if (!Arrays.equals(decoded.encode(), der)) {
            throw refused(
                    index,
                    "to be encoded canonically, without certificates or attributes",
                    "another encoding or more content");
        }
        return decoded;
    }

    private static CmsSignature take(byte[] der) throws IOException {
        var content = ContentInfo.getInstance(ASN1Primitive.fromByteArray(der));
        var signedData = SignedData.getInstance(content.getContent());
        var signers = signedData.getSignerInfos();
        if (signers.size() != 1) {
            throw new IOException(signers.size() + " SignerInfos");
        }
        var signer = SignerInfo.getInstance(signers.getObjectAt(0));
        var sid = IssuerAndSerialNumber.getInstance(signer.getSID().getId());
        var digest = signer.getDigestAlgorithm().getAlgorithm();
        for (Hash hash : Hash.values()) {
            if (hash.oid.equals(digest)) {
                return new CmsSignature(
                        sid.getName(),
                        sid.getSerialNumber().getValue(),
                        hash,
                        signer.getEncryptedDigest().getOctets());
            }
        }
        throw new IOException("digest algorithm " + digest);
    }

    /** The only encoding of these four values. */
    byte[] encode() {
        var algorithm = hash.algorithm();
        var signer = new SignerInfo(
                new SignerIdentifier(new IssuerAndSerialNumber(issuer, serial)),
                algorithm,
                (ASN1Set) null,
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                new DEROctetString(value),
                (ASN1Set) null);
        var signedData = new SignedData(
                new DERSet(algorithm),
                new ContentInfo(CMSObjectIdentifiers.data, null),
                null,
                null,
                new DERSet(signer));
        try {
            return new ContentInfo(CMSObjectIdentifiers.signedData, signedData).getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether this names {@code certificate} as its signer's. */
    boolean names(PublisherCertificate certificate) {
        return certificate.isSigner(issuer, serial);
    }

    /** Whether this is the signature of {@code bundle}'s signed part by {@code signer}'s key. */
    boolean verifies(SignedFile bundle, PublisherCertificate signer) {
        if (value.length != (signer.key().getModulus().bitLength() + 7) / 8) {
            return false;
        }
        var verifier = new RSADigestSigner(hash.prehashed(), hash.oid);
        verifier.init(false, signer.key());
        byte[] digest = hash.of(bundle);
        verifier.update(digest, 0, digest.length);
        return verifier.verifySignature(value);
    }

    /** As refusals show a signer that nobody here knows. */
    @Override
    public String toString() {
        return "%s, serial %s".formatted(issuer, serial.toString(16));
    }

    private static RefusedException refused(int index, String rule, String found) {
        return new RefusedException(new SignatureProfile(index, rule, found));
    }
}
