package io.rebootless.cli.keys;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.InputFile;
import io.rebootless.trust.PublisherCertificate;
import io.rebootless.trust.PublisherKey;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.util.io.pem.PemObject;

/** A publisher's private key in PEM: PKCS #8, encrypted or not, or OpenSSL's traditional RSA form. */
public final class PrivateKeyFile {
    /** OWASP's advice for PBKDF2 with HMAC-SHA-256. */
    private static final int PBKDF2_ROUNDS = 600_000;

    private PrivateKeyFile() {}

    /** Reads a key and joins it with its certificate. */
    public static PublisherKey read(Path keyFile, Path certificateFile, Optional<Path> passphraseFile)
            throws IOException {
        var certificate = PublisherCertificate.read(certificateFile);
        try {
            return PublisherKey.of(decode(keyFile, passphraseFile), certificate);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(ExitCode.NO_INPUT, keyFile + ": " + e.getMessage());
        }
    }

    static char[] passphrase(Path file) throws IOException {
        var lines = InputFile.text(file, StandardCharsets.UTF_8).lines().findFirst();
        if (lines.isEmpty() || lines.get().isEmpty()) {
            throw new CommandFailed(ExitCode.NO_INPUT, file + ": a passphrase is expected in the first line");
        }
        return lines.get().toCharArray();
    }

    static PemObject encode(PrivateKeyInfo key, Optional<char[]> passphrase, SecureRandom random) throws IOException {
        if (passphrase.isEmpty()) {
            return new PKCS8Generator(key, null).generate();
        }
        try {
            var encryptor = new JceOpenSSLPKCS8EncryptorBuilder(NISTObjectIdentifiers.id_aes256_CBC)
                    .setProvider(new BouncyCastleProvider())
                    .setPRF(new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE))
                    .setIterationCount(PBKDF2_ROUNDS)
                    .setRandom(random)
                    .setPassword(passphrase.get())
                    .build();
            return new PKCS8Generator(key, encryptor).generate();
        } catch (OperatorCreationException e) {
            throw new IOException("the private key could not be encrypted: " + e.getMessage(), e);
        }
    }

    private static PrivateKeyInfo decode(Path file, Optional<Path> passphraseFile) throws IOException {
        try (var pem = new PEMParser(new StringReader(InputFile.text(file, StandardCharsets.ISO_8859_1)))) {
            Object content = pem.readObject();
            if (content instanceof PrivateKeyInfo key) {
                return key;
            }
            if (content instanceof PEMKeyPair pair) {
                return pair.getPrivateKeyInfo();
            }
            if (content instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
                if (passphraseFile.isEmpty()) {
                    throw new CommandFailed(ExitCode.USAGE, file + ": is encrypted; add --passphrase-file FILE");
                }
                return encrypted.decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder()
                        .setProvider(new BouncyCastleProvider())
                        .build(passphrase(passphraseFile.get())));
            }
        } catch (OperatorCreationException | PKCSException e) {
            throw new CommandFailed(ExitCode.NO_INPUT, file + ": cannot be decrypted; is the passphrase right?");
        }
        throw new CommandFailed(ExitCode.NO_INPUT, file + ": not a private key in PEM");
    }
}
