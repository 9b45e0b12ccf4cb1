package io.rebootless.server.idempotency;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-256-GCM, key and nonce both derived from an Idempotency-Key and a salt that is used once. */
final class Seal {
    static final int SALT_BYTES = 16;
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private Seal() {}

    static byte[] close(IdempotencyKey key, byte[] salt, byte[] clear) {
        return run(Cipher.ENCRYPT_MODE, key, salt, clear);
    }

    /** @throws IllegalStateException if it was not closed with this key and salt, or was changed since */
    static byte[] open(IdempotencyKey key, byte[] salt, byte[] sealed) {
        return run(Cipher.DECRYPT_MODE, key, salt, sealed);
    }

    private static byte[] run(int mode, IdempotencyKey key, byte[] salt, byte[] in) {
        byte[] material = key.derive(salt, KEY_BYTES + NONCE_BYTES);
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    mode,
                    new SecretKeySpec(material, 0, KEY_BYTES, "AES"),
                    new GCMParameterSpec(TAG_BITS, material, KEY_BYTES, NONCE_BYTES));
            return cipher.doFinal(in);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a stored answer cannot be opened", e);
        } finally {
            Arrays.fill(material, (byte) 0);
        }
    }
}
