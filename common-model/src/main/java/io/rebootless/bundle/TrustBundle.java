package io.rebootless.bundle;

import java.util.List;

/**
 * A well-formed trust bundle, read to its end: whom to trust from now on, if those who are trusted now have signed it.
 *
 * @param header its level
 * @param manifest what people ask about it
 * @param manifestJson the manifest's own text, with the fields that this version does not know
 * @param trustSet whom to trust, their certificates not yet looked into
 * @param identity SHA-256 of the signed part: the bundle's name, whoever else signs it
 * @param sha512 SHA-512 of the signed part in hexadecimal, for signatures made over that
 * @param fileDigest SHA-256 of the whole file
 * @param fileSize bytes of the whole file
 * @param signatures the signature section's entries
 */
public record TrustBundle(
        TrustHeader header,
        Manifest manifest,
        String manifestJson,
        TrustSet trustSet,
        Sha256 identity,
        String sha512,
        Sha256 fileDigest,
        long fileSize,
        List<DetachedSignature> signatures)
        implements SignedFile {
    public TrustBundle {
        signatures = List.copyOf(signatures);
    }
}
