package io.rebootless.server.tls;

import io.rebootless.bundle.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A certificate chain and its key in two PEM files that somebody else keeps, and replaces when it is time.
 *
 * @param certificate the server's own first, then those up to the authority
 * @param key unencrypted, and not readable by everybody
 */
record CertificateFiles(Path certificate, Path key, Clock clock) {
    /** No chain and no key is larger. */
    private static final int MAX_BYTES = 256 * 1024;

    /** The two as they were read at one moment; equal if both are. */
    static final class Content {
        private final byte[] certificate;
        private final byte[] key;
        private final Sha256 digest;

        private Content(byte[] certificate, byte[] key, Sha256 digest) {
            this.certificate = certificate;
            this.key = key;
            this.digest = digest;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Content content && content.digest.equals(digest);
        }

        @Override
        public int hashCode() {
            return digest.hashCode();
        }

        @Override
        public String toString() {
            return "Content[%s]".formatted(digest);
        }
    }

    Content read() throws IOException {
        if (Files.getPosixFilePermissions(key).contains(PosixFilePermission.OTHERS_READ)) {
            throw new IOException("%s is readable by everybody; chmod o-rwx it".formatted(key));
        }
        byte[] chain = bytes(certificate);
        byte[] secret = bytes(key);
        var both = new ByteArrayOutputStream();
        both.write(Sha256.of(chain).hex().getBytes(StandardCharsets.US_ASCII));
        both.write(secret);
        return new Content(chain, secret, Sha256.of(both.toByteArray()));
    }

    /**
     * What the content is good for.
     *
     * @throws IOException if it is good for nothing, with the reason
     */
    ServerCertificate check(Content content) throws IOException {
        var served = ServerCertificate.of(content.certificate, content.key);
        Instant now = clock.instant();
        Instant ends = served.own().getNotAfter().toInstant();
        if (!ends.isAfter(now)) {
            throw new IOException("the certificate has ended at " + ends);
        }
        Instant begins = served.own().getNotBefore().toInstant();
        if (begins.isAfter(now)) {
            throw new IOException("the certificate begins at %s only".formatted(begins));
        }
        return served;
    }

    private static byte[] bytes(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                Arrays.fill(bytes, (byte) 0);
                throw new IOException("%s is larger than any certificate chain or key".formatted(file));
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new IOException(file + " is not there", e);
        }
    }
}
