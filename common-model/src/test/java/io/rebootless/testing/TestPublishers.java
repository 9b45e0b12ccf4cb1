package io.rebootless.testing;

import io.rebootless.trust.PublisherCertificate;
import io.rebootless.trust.PublisherKey;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/** Three publishers whose private keys are public: for tests only. Made once with {@code openssl req -x509}, so that a foreign tool's certificates are covered too. */
public final class TestPublishers {
    private TestPublishers() {}

    public static PublisherKey alice() {
        return read("alice");
    }

    public static PublisherKey bob() {
        return read("bob");
    }

    /** Nobody trusts her. */
    public static PublisherKey mallory() {
        return read("mallory");
    }

    private static PublisherKey read(String name) {
        try (var certificate = TestPublishers.class.getResourceAsStream("/publishers/" + name + ".crt.pem");
                var key = TestPublishers.class.getResourceAsStream("/publishers/" + name + ".key.pem");
                var pem = new PEMParser(new InputStreamReader(key, StandardCharsets.US_ASCII))) {
            var info = pem.readObject();
            return PublisherKey.of(
                    info instanceof PEMKeyPair pair ? pair.getPrivateKeyInfo() : (PrivateKeyInfo) info,
                    PublisherCertificate.parse(certificate.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
