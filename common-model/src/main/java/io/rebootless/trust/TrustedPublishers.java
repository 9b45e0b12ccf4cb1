package io.rebootless.trust;

import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.BundleFormat;
import io.rebootless.bundle.EncodedCertificate;
import io.rebootless.bundle.Refusal.DuplicateKey;
import io.rebootless.bundle.Refusal.DuplicateSigner;
import io.rebootless.bundle.Refusal.NotEnoughSigners;
import io.rebootless.bundle.Refusal.SignatureInvalid;
import io.rebootless.bundle.Refusal.UntrustedSigner;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.SignedFile;
import io.rebootless.bundle.TrustSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The publishers a verifier trusts, and how many of them must have signed. This is the one place in Java where a
 * bundle becomes trusted; server, agent and command line all come here.
 */
public final class TrustedPublishers {
    /** The kernel module holds no more keys. */
    public static final int MAX_CERTIFICATES = BundleFormat.MAX_CERTIFICATES;

    private final List<PublisherCertificate> certificates;
    private final int threshold;

    private TrustedPublishers(List<PublisherCertificate> certificates, int threshold) {
        this.certificates = List.copyOf(certificates);
        this.threshold = threshold;
    }

    /**
     * Builds a set.
     *
     * @param certificates at most {@link #MAX_CERTIFICATES}, each with a key of its own
     * @param threshold how many of them must have signed, 1 to their number
     */
    public static TrustedPublishers of(List<PublisherCertificate> certificates, int threshold) {
        if (certificates.size() > MAX_CERTIFICATES) {
            throw new IllegalArgumentException("%d publisher certificates; at most %d are accepted"
                    .formatted(certificates.size(), MAX_CERTIFICATES));
        }
        if (threshold < 1 || threshold > certificates.size()) {
            throw new IllegalArgumentException(
                    "a threshold of %d signers needs 1 to %d: there are %d publisher certificates"
                            .formatted(threshold, certificates.size(), certificates.size()));
        }
        for (int i = 0; i < certificates.size(); i++) {
            var clash = clash(certificates.get(i), certificates.subList(0, i));
            if (clash.isPresent()) {
                throw new IllegalArgumentException(clash.get());
            }
        }
        return new TrustedPublishers(certificates, threshold);
    }

    /**
     * Looks into the certificates of a trust set, of a bundle that has been found signed.
     *
     * @throws RefusedException {@code bad-certificate}, {@code unsupported-key} or {@code duplicate-key}
     */
    public static TrustedPublishers of(TrustSet set) throws RefusedException {
        var certificates = new ArrayList<PublisherCertificate>();
        for (var encoded : set.certificates()) {
            int index = certificates.size() + 1;
            var certificate = PublisherCertificate.of(encoded, index);
            var clash = clash(certificate, certificates);
            if (clash.isPresent()) {
                throw new RefusedException(new DuplicateKey(index, clash.get()));
            }
            certificates.add(certificate);
        }
        return new TrustedPublishers(certificates, set.threshold());
    }

    /** One key in two certificates would count as two publishers; one name for two keys would hide the second. */
    private static Optional<String> clash(PublisherCertificate certificate, List<PublisherCertificate> others) {
        for (var other : others) {
            if (other.hasKeyOf(certificate)) {
                return Optional.of("two publisher certificates hold one key: %s and %s".formatted(other, certificate));
            }
            if (other.hasNameOf(certificate)) {
                return Optional.of("two publisher certificates have one issuer and serial number: %s and %s"
                        .formatted(other, certificate));
            }
        }
        return Optional.empty();
    }

    /** The trust set that names these publishers. */
    public TrustSet toTrustSet() {
        return new TrustSet(
                threshold,
                certificates.stream()
                        .map(certificate -> new EncodedCertificate(certificate.der()))
                        .toList());
    }

    /**
     * Reads a set from a directory: every {@code *.pem}, {@code *.crt}, {@code *.cer} and {@code *.der} file in it.
     *
     * @throws IOException if there is no such directory, no certificate in it, or a file is none
     */
    public static TrustedPublishers load(Path directory, int threshold) throws IOException {
        if (!Files.exists(directory)) {
            throw new NoSuchFileException(
                    directory.toString(), null, "no such directory; put the publishers' certificates there");
        }
        if (!Files.isDirectory(directory)) {
            throw new IOException(
                    directory + " is no directory; name the one that the publishers' certificates are in");
        }
        var certificates = new ArrayList<PublisherCertificate>();
        try (var files = Files.newDirectoryStream(directory, "*.{pem,crt,cer,der}")) {
            var sorted = new ArrayList<Path>();
            files.forEach(sorted::add);
            sorted.sort(null);
            for (Path file : sorted) {
                certificates.add(PublisherCertificate.read(file));
            }
        }
        if (certificates.isEmpty()) {
            throw new IOException(directory + ": no publisher certificate (*.pem, *.crt, *.cer, *.der) there");
        }
        try {
            return of(certificates, threshold);
        } catch (IllegalArgumentException e) {
            throw new IOException(directory + ": " + e.getMessage(), e);
        }
    }

    /**
     * Decides whether enough trusted publishers have signed a kernel livepatch.
     *
     * @throws RefusedException a refusal of {@link #signers}
     */
    public VerifiedBundle verify(Bundle bundle) throws RefusedException {
        return new VerifiedBundle(bundle, signers(bundle));
    }

    /**
     * Decides whether enough trusted publishers have signed a bundle of any kind.
     *
     * @return who has signed, in the order of the signatures
     * @throws RefusedException {@code signature-profile}, {@code signature-invalid}, {@code duplicate-signer}, {@code
     *     untrusted-signer} or {@code not-enough-signers}
     */
    public List<PublisherCertificate> signers(SignedFile bundle) throws RefusedException {
        var decoded = new ArrayList<CmsSignature>();
        for (var signature : bundle.signatures()) {
            decoded.add(CmsSignature.decode(signature, decoded.size() + 1));
        }
        var signers = new ArrayList<PublisherCertificate>();
        for (int i = 0; i < decoded.size(); i++) {
            var signature = decoded.get(i);
            var signer = signerOf(signature);
            // A signature of nobody we know counts for nothing and harms nothing: a bundle may carry an old and a new
            // key's signatures while a fleet changes keys.
            if (signer.isEmpty()) {
                continue;
            }
            if (!signature.verifies(bundle, signer.get())) {
                throw new RefusedException(
                        new SignatureInvalid(i + 1, signer.get().toString()));
            }
            if (signers.contains(signer.get())) {
                throw new RefusedException(new DuplicateSigner(signer.get().toString()));
            }
            signers.add(signer.get());
        }
        if (signers.isEmpty()) {
            throw new RefusedException(new UntrustedSigner(
                    names(certificates),
                    decoded.stream().map(CmsSignature::toString).toList()));
        }
        if (signers.size() < threshold) {
            throw new RefusedException(new NotEnoughSigners(threshold, names(signers)));
        }
        return List.copyOf(signers);
    }

    private Optional<PublisherCertificate> signerOf(CmsSignature signature) {
        return certificates.stream().filter(signature::names).findFirst();
    }

    private static List<String> names(List<PublisherCertificate> certificates) {
        return certificates.stream().map(PublisherCertificate::toString).toList();
    }

    public List<PublisherCertificate> certificates() {
        return certificates;
    }

    public int threshold() {
        return threshold;
    }
}
