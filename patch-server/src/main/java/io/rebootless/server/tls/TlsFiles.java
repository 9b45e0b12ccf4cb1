package io.rebootless.server.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/** {@code ca.pem}, {@code ca.key}, {@code server.pem} and {@code server.key}: made when absent, renewed when needed. */
final class TlsFiles {
    private static final Duration RENEW_BEFORE = Duration.ofDays(60);

    private final Path directory;
    private final ServerNames names;
    private final Clock clock;
    private final SecureRandom random;

    TlsFiles(Path directory, ServerNames names, Clock clock, SecureRandom random) {
        this.directory = directory;
        this.names = names;
        this.clock = clock;
        this.random = random;
    }

    Path authorityCertificate() {
        return directory.resolve("ca.pem");
    }

    private Path certificate() {
        return directory.resolve("server.pem");
    }

    private Path key() {
        return directory.resolve("server.key");
    }

    /**
     * Makes whatever is missing, and a new server certificate when the old one ends soon, lacks a name or is another
     * authority's.
     *
     * @return whether there is a new server certificate
     */
    boolean renew() throws IOException, GeneralSecurityException {
        var authority = CertificateAuthority.open(authorityCertificate(), directory.resolve("ca.key"), clock, random);
        if (Files.exists(certificate()) && Files.exists(key())) {
            X509Certificate present = CertificateAuthority.certificate(certificate());
            boolean lasting =
                    present.getNotAfter().toInstant().isAfter(clock.instant().plus(RENEW_BEFORE));
            if (lasting && names.coveredBy(present) && authority.hasSigned(present)) {
                return false;
            }
        }
        authority.issue(names.names(), names.alternativeNames(), certificate(), key(), clock.instant());
        return true;
    }

    SslBundle bundle() {
        var store = PemSslStoreDetails.forCertificate(certificate().toUri().toString())
                .withPrivateKey(key().toUri().toString());
        return SslBundle.of(new PemSslStoreBundle(store, null));
    }
}
