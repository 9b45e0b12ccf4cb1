package io.rebootless.server.tls;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/** Certificates and keys as the text that the server's own files hold. */
final class Pem {
    private Pem() {}

    /** The first certificate in a file. */
    static X509Certificate certificate(Path file) throws IOException, GeneralSecurityException {
        return certificate(Files.readString(file, StandardCharsets.US_ASCII), file.toString());
    }

    /** The first certificate in a text that comes from {@code origin}. */
    static X509Certificate certificate(String text, String origin) throws IOException, GeneralSecurityException {
        try (var pem = new PEMParser(new StringReader(text))) {
            if (pem.readObject() instanceof X509CertificateHolder holder) {
                return new JcaX509CertificateConverter().getCertificate(holder);
            }
        }
        throw new IOException(origin + ": not a certificate in PEM");
    }

    static PrivateKey privateKey(Path file) throws IOException {
        try (var pem = new PEMParser(new StringReader(Files.readString(file, StandardCharsets.US_ASCII)))) {
            if (pem.readObject() instanceof PrivateKeyInfo info) {
                return new JcaPEMKeyConverter().getPrivateKey(info);
            }
        }
        throw new IOException(file + ": not a private key in PEM (PKCS #8)");
    }

    static byte[] of(PrivateKey key) throws IOException {
        return write(new JcaPKCS8Generator(key, null));
    }

    static byte[] of(X509Certificate... certificates) throws IOException {
        return write((Object[]) certificates);
    }

    private static byte[] write(Object... objects) throws IOException {
        var text = new StringWriter();
        try (var pem = new JcaPEMWriter(text)) {
            for (Object object : objects) {
                pem.writeObject(object);
            }
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
