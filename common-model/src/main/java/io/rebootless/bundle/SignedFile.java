package io.rebootless.bundle;

import java.util.List;

/** A well-formed bundle file of any kind, read to its end. Nothing here says that it is trusted. */
public sealed interface SignedFile permits Bundle, TrustBundle {
    /** What decides whether it may come into force. */
    Header header();

    /** What people ask about it. */
    Manifest manifest();

    /** The manifest's own text, with the fields that this version does not know. */
    String manifestJson();

    /** SHA-256 of the signed part: the bundle's name, whoever else signs it. */
    Sha256 identity();

    /** SHA-512 of the signed part in hexadecimal, for signatures made over that. */
    String sha512();

    /** SHA-256 of the whole file: its address, for transport only. */
    Sha256 fileDigest();

    /** Bytes of the whole file. */
    long fileSize();

    /** The signature section's entries. */
    List<DetachedSignature> signatures();
}
