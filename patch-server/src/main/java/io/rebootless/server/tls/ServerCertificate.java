package io.rebootless.server.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * What the server shows to clients, and the key to it.
 *
 * @param chain the server's own certificate first
 */
record ServerCertificate(List<X509Certificate> chain, PrivateKey key) {
    /** What every client of the last ten years speaks; nothing without forward secrecy and authenticated encryption. */
    private static final SslOptions OPTIONS = SslOptions.of(
            Set.of(
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
            Set.of("TLSv1.3", "TLSv1.2"));

    ServerCertificate {
        chain = List.copyOf(chain);
    }

    /**
     * Reads both from PEM files.
     *
     * @throws IOException if one cannot be read, is not what it should be, or they do not belong together
     */
    static ServerCertificate read(Path certificate, Path key) throws IOException {
        return of(Files.readAllBytes(certificate), Files.readAllBytes(key));
    }

    /** The same from their content. */
    static ServerCertificate of(byte[] certificate, byte[] key) throws IOException {
        PemSslStore certificates = load("certificate", certificate, text -> PemSslStoreDetails.forCertificate(text));
        PemSslStore keys = load("key", key, text -> new PemSslStoreDetails(null, null, text));
        List<X509Certificate> chain = certificates.certificates();
        PrivateKey secret = keys.privateKey();
        if (chain == null || chain.isEmpty()) {
            throw new IOException("there is no certificate in PEM in the certificate's file");
        }
        if (secret == null) {
            throw new IOException("there is no unencrypted private key in PEM in the key's file");
        }
        if (!KeyMatch.of(secret, chain.get(0))) {
            throw new IOException("the key does not belong to the first certificate");
        }
        return new ServerCertificate(chain, secret);
    }

    private interface Details {
        PemSslStoreDetails of(String text);
    }

    private static PemSslStore load(String what, byte[] content, Details details) throws IOException {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        if (!text.contains("-----BEGIN ")) {
            throw new IOException("the %s's file is not in PEM".formatted(what));
        }
        try {
            PemSslStore store = PemSslStore.load(details.of(text));
            if (store != null) {
                return store;
            }
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new IOException("the %s's file cannot be understood: %s".formatted(what, e.getMessage()), e);
        }
        throw new IOException("the %s's file is empty".formatted(what));
    }

    X509Certificate own() {
        return chain.get(0);
    }

    SslBundle bundle() {
        return SslBundle.of(new PemSslStoreBundle(PemSslStore.of(chain, key), null), SslBundleKey.NONE, OPTIONS);
    }

    /** Not the key. */
    @Override
    public String toString() {
        return "ServerCertificate[%s]".formatted(own().getSubjectX500Principal());
    }
}
