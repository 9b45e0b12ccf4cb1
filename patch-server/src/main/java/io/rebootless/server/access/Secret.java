package io.rebootless.server.access;

import io.rebootless.bundle.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key or token as its owner shows it. Only its hash is ever stored; 256 random bits need no slow hash, and a look-up
 * by hash tells an attacker nothing by its timing.
 *
 * @param text prefix and random part
 */
public record Secret(String text) {
    private static final int BYTES = 32;
    private static final int MAX_CHARS = 200;
    private static final String SCHEME = "Bearer ";

    /** Makes one. */
    public static Secret create(String prefix, SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new Secret(prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** From the Authorization header of a request; empty if that is absent or of another scheme. */
    public static Optional<Secret> bearer(@Nullable String authorization) {
        if (authorization == null
                || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                || authorization.length() > SCHEME.length() + MAX_CHARS) {
            return Optional.empty();
        }
        return Optional.of(new Secret(authorization.substring(SCHEME.length()).strip()));
    }

    public Sha256 hash() {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether its hash is this one; takes as long for every answer. */
    boolean hasHash(String hex) {
        return MessageDigest.isEqual(
                hash().hex().getBytes(StandardCharsets.US_ASCII), hex.getBytes(StandardCharsets.US_ASCII));
    }

    /** Not the secret. */
    @Override
    public String toString() {
        return "Secret";
    }
}
