package io.rebootless.server.tls;

import io.rebootless.server.storage.PrivateFile;
import io.rebootless.server.tls.AuthorityFiles.Generations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** {@code server.pem} and {@code server.key}, by the authority beside them: made when absent, renewed when needed. */
final class TlsFiles {
    private static final Duration RENEW_BEFORE = Duration.ofDays(60);

    private final Path directory;
    private final ServerNames names;
    private final Clock clock;
    private final AuthorityFiles authorities;

    TlsFiles(Path directory, ServerNames names, Clock clock, SecureRandom random) {
        this.directory = directory;
        this.names = names;
        this.clock = clock;
        this.authorities = new AuthorityFiles(directory, clock, random);
    }

    AuthorityFiles authorities() {
        return authorities;
    }

    private Path certificate() {
        return directory.resolve("server.pem");
    }

    private Path key() {
        return directory.resolve("server.key");
    }

    /**
     * Makes whatever is missing, and a new server certificate when the old one ends soon, lacks a name, has lost its key
     * or is another authority's.
     *
     * @return whether there is something new to show
     */
    boolean renew() throws IOException, GeneralSecurityException {
        var generations = authorities.open();
        if (!usable(generations)) {
            var issued = generations.current().issue(names.names(), names.alternativeNames(), clock.instant());
            PrivateFile.writeSecret(key(), Pem.of(issued.key()));
            PrivateFile.writePublic(certificate(), Pem.of(chain(issued.certificate(), generations)));
            return true;
        }
        var present = served();
        X509Certificate[] wanted = chain(present.own(), generations);
        if (present.chain().equals(List.of(wanted))) {
            return false;
        }
        PrivateFile.writePublic(certificate(), Pem.of(wanted));
        return true;
    }

    private boolean usable(Generations generations) throws IOException, GeneralSecurityException {
        if (!Files.exists(certificate()) || !Files.exists(key())) {
            return false;
        }
        var present = Pem.certificate(certificate());
        var ends = present.getNotAfter();
        var authority = generations.current();
        return names.coveredBy(present)
                && authority.hasSigned(present)
                && (ends.toInstant().isAfter(clock.instant().plus(RENEW_BEFORE))
                        || !ends.before(authority.certificate().getNotAfter()))
                && KeyMatch.of(Pem.privateKey(key()), present);
    }

    /** While there is a previous authority, its word for the present one goes along for those who know only it. */
    private static X509Certificate[] chain(X509Certificate own, Generations generations) {
        return new X509Certificate[] {
            own, generations.cross().orElse(generations.current().certificate())
        };
    }

    ServerCertificate served() throws IOException {
        return ServerCertificate.read(certificate(), key());
    }
}
