package io.rebootless.bundle;

import java.util.List;

/**
 * A well-formed kernel livepatch bundle, read to its end. Nothing here says that it is trusted; the image stays in the file.
 *
 * @param header what decides whether it may be loaded
 * @param manifest what people ask about it
 * @param manifestJson the manifest's own text, with the fields that this version does not know
 * @param identity SHA-256 of the signed part: the bundle's name, whoever else signs it
 * @param sha512 SHA-512 of the signed part in hexadecimal, for signatures made over that
 * @param fileDigest SHA-256 of the whole file: its address, for transport only
 * @param fileSize bytes of the whole file
 * @param signatures the signature section's entries
 */
public record Bundle(
        BundleHeader header,
        Manifest manifest,
        String manifestJson,
        Sha256 identity,
        String sha512,
        Sha256 fileDigest,
        long fileSize,
        List<DetachedSignature> signatures)
        implements SignedFile {
    public Bundle {
        signatures = List.copyOf(signatures);
    }

    /** Where the image starts in the file, in bytes. */
    public long imageOffset() {
        return BundleFormat.HEADER_BYTES + (long) header.manifestSize();
    }
}
