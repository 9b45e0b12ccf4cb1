package io.rebootless.server.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
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

    private static final Pattern PEM = Pattern.compile("-----BEGIN [A-Z0-9 ]+-----\\s.*?-----END ", Pattern.DOTALL);

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
        String chainText = text("certificate", certificate);
        String keyText = text("key", key);
        List<X509Certificate> chain = parsed(() -> {
            var store = PemSslStore.load(PemSslStoreDetails.forCertificate(chainText));
            return store == null ? null : store.certificates();
        });
        PrivateKey secret = parsed(() -> {
            var store = PemSslStore.load(new PemSslStoreDetails(null, null, keyText));
            return store == null ? null : store.privateKey();
        });
        if (chain == null || chain.isEmpty()) {
            throw new IOException("there is no certificate in the certificate's file");
        }
        if (secret == null) {
            throw new IOException("there is no unencrypted private key in the key's file");
        }
        if (!KeyMatch.of(secret, chain.get(0))) {
            throw new IOException("the key does not belong to the first certificate");
        }
        return new ServerCertificate(chain, secret);
    }

    /** Whatever is not PEM the parser would take for the name of a file. */
    private static String text(String what, byte[] content) throws IOException {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        if (!PEM.matcher(text).find()) {
            throw new IOException("the %s's file is not in PEM".formatted(what));
        }
        return text;
    }

    private interface Parsing<T> {
        @Nullable
        T parse();
    }

    /** The parser's own words are passed over: they can contain what it could not read, and that may be a key. */
    private static <T> @Nullable T parsed(Parsing<T> parsing) {
        try {
            return parsing.parse();
        } catch (RuntimeException e) {
            return null;
        }
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
