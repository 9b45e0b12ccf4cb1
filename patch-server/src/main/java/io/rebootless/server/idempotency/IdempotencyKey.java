package io.rebootless.server.idempotency;

import io.rebootless.bundle.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/**
 * What a client made up for one request and repeats with each retry of it. The server stores its hash; what it answers
 * is stored under a key derived from it, so that the database alone gives no secret away.
 *
 * @param text without the quotes that the header has around it
 */
record IdempotencyKey(String text) {
    static final String HEADER = "Idempotency-Key";
    /** Without quote and backslash, so that the header's string form (RFC 9651) needs no escapes. */
    private static final Pattern FORM = Pattern.compile("[!#-\\[\\]-~]{16,200}");

    private static final byte[] PURPOSE = "rebootless idempotent answer".getBytes(StandardCharsets.US_ASCII);

    /** From the values of the header: one, quoted or not; empty if it is none that this server takes. */
    static Optional<IdempotencyKey> of(List<String> values) {
        if (values.size() != 1) {
            return Optional.empty();
        }
        String value = values.get(0).strip();
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        String text = quoted ? value.substring(1, value.length() - 1) : value;
        return FORM.matcher(text).matches() ? Optional.of(new IdempotencyKey(text)) : Optional.empty();
    }

    Sha256 hash() {
        return Sha256.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** {@code bytes} of keying material (HKDF, RFC 5869). */
    byte[] derive(byte[] salt, int bytes) {
        var hkdf = new HKDFBytesGenerator(SHA256Digest.newInstance());
        hkdf.init(new HKDFParameters(text.getBytes(StandardCharsets.US_ASCII), salt, PURPOSE));
        byte[] material = new byte[bytes];
        hkdf.generateBytes(material, 0, bytes);
        return material;
    }

    /** Not the key: with it stored answers can be read. */
    @Override
    public String toString() {
        return "IdempotencyKey";
    }
}
