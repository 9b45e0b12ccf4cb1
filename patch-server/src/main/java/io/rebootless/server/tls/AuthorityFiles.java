package io.rebootless.server.tls;

import io.rebootless.server.storage.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The generations of the server's own authority, in files:
 *
 * <pre>
 * ca.pem, ca.key                            the present one
 * next-ca.pem, next-ca.key, next-cross.pem  the one to come, and its certificate by the present one
 * previous-ca.pem, cross.pem                the one before, and the present one's certificate by it; its key is gone
 * </pre>
 *
 * Each change is a list of steps, each of which is whole or not there after a crash; {@link #open} finishes or takes back
 * what a crash has cut short, after any number of steps.
 */
final class AuthorityFiles {
    private final Path directory;
    private final Clock clock;
    private final SecureRandom random;

    AuthorityFiles(Path directory, Clock clock, SecureRandom random) {
        this.directory = directory;
        this.clock = clock;
        this.random = random;
    }

    /** One change of one file. */
    @FunctionalInterface
    interface Step {
        void take() throws IOException;
    }

    /**
     * What the files hold.
     *
     * @param cross the present authority's certificate by the previous one
     */
    record Generations(
            CertificateAuthority current,
            Optional<X509Certificate> next,
            Optional<X509Certificate> previous,
            Optional<X509Certificate> cross) {}

    Path currentCertificate() {
        return directory.resolve("ca.pem");
    }

    private Path currentKey() {
        return directory.resolve("ca.key");
    }

    private Path nextCertificate() {
        return directory.resolve("next-ca.pem");
    }

    private Path nextKey() {
        return directory.resolve("next-ca.key");
    }

    private Path nextCross() {
        return directory.resolve("next-cross.pem");
    }

    private Path previousCertificate() {
        return directory.resolve("previous-ca.pem");
    }

    private Path cross() {
        return directory.resolve("cross.pem");
    }

    /** This directory's name among the servers that share one database; made at first use. */
    UUID id() throws IOException {
        Path file = directory.resolve("id");
        if (!Files.exists(file)) {
            var id = new UUID(random.nextLong(), random.nextLong());
            PrivateFile.writePublic(file, (id + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        try {
            return UUID.fromString(
                    Files.readString(file, StandardCharsets.US_ASCII).strip());
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": not a UUID", e);
        }
    }

    /** Takes the authority from its files, after mending what a crash has left; makes the first one. */
    Generations open() throws IOException, GeneralSecurityException {
        if (!Files.exists(currentCertificate())) {
            create();
        }
        mend();
        var current =
                new CertificateAuthority(Pem.certificate(currentCertificate()), Pem.privateKey(currentKey()), random);
        return new Generations(
                current, optional(nextCertificate()), optional(previousCertificate()), optional(cross()));
    }

    private void create() throws IOException, GeneralSecurityException {
        for (String later : List.of("server.pem", "next-ca.pem", "previous-ca.pem")) {
            if (Files.exists(directory.resolve(later))) {
                throw new IOException(currentCertificate() + " is missing, though " + later + " is there");
            }
        }
        var authority = CertificateAuthority.create(clock.instant(), random);
        PrivateFile.writeSecret(currentKey(), Pem.of(authority.key()));
        PrivateFile.writePublic(currentCertificate(), Pem.of(authority.certificate()));
    }

    private void mend() throws IOException, GeneralSecurityException {
        if (!Files.exists(currentKey())) {
            throw new IOException(currentKey() + " is missing");
        }
        var key = Pem.privateKey(currentKey());
        if (!KeyMatch.of(key, Pem.certificate(currentCertificate()))) {
            if (!Files.exists(nextCertificate()) || !KeyMatch.of(key, Pem.certificate(nextCertificate()))) {
                throw new IOException(currentKey() + " does not belong to " + currentCertificate());
            }
            take(afterTheKey());
        }
        var current = Pem.certificate(currentCertificate());
        // A next one is announced from the moment that its certificate is there, which is written last and removed
        // first.
        if (!Files.exists(nextCertificate())
                || Pem.certificate(nextCertificate()).equals(current)
                || !Files.exists(nextKey())
                || !KeyMatch.of(Pem.privateKey(nextKey()), Pem.certificate(nextCertificate()))) {
            take(abandoning());
        }
        if (Files.exists(previousCertificate())
                && Pem.certificate(previousCertificate()).equals(current)) {
            Files.delete(previousCertificate());
        }
        if (Files.exists(cross())
                && (!Files.exists(previousCertificate())
                        || !Pem.certificate(cross()).getPublicKey().equals(current.getPublicKey())
                        || !CertificateAuthority.signed(
                                Pem.certificate(cross()), Pem.certificate(previousCertificate())))) {
            Files.delete(cross());
        }
    }

    /** Makes the next authority. */
    List<Step> announcing() throws IOException, GeneralSecurityException {
        var present = open().current();
        var next = CertificateAuthority.create(clock.instant(), random);
        var vouched = present.crossSign(next.certificate(), clock.instant());
        byte[] key = Pem.of(next.key());
        byte[] certificate = Pem.of(next.certificate());
        var steps = new ArrayList<Step>();
        steps.add(() -> PrivateFile.writeSecret(nextKey(), key));
        if (vouched.isPresent()) {
            byte[] cross = Pem.of(vouched.get());
            steps.add(() -> PrivateFile.writePublic(nextCross(), cross));
        }
        steps.add(() -> PrivateFile.writePublic(nextCertificate(), certificate));
        return steps;
    }

    /**
     * Makes the next authority the present one. The key decides which of the two it is: from the step on that replaces
     * it there is no way back, for the former key is gone.
     */
    List<Step> switching() throws IOException {
        // Without a next one the first steps would lose the former one's word for the present.
        if (!Files.exists(nextCertificate())) {
            throw new IOException(nextCertificate() + " is missing");
        }
        byte[] former = Files.readAllBytes(currentCertificate());
        var steps = new ArrayList<Step>();
        steps.add(() -> PrivateFile.writePublic(previousCertificate(), former));
        if (Files.exists(nextCross())) {
            byte[] vouched = Files.readAllBytes(nextCross());
            steps.add(() -> PrivateFile.writePublic(cross(), vouched));
        }
        steps.add(() -> move(nextKey(), currentKey()));
        steps.addAll(afterTheKey());
        return steps;
    }

    private List<Step> afterTheKey() {
        var steps = new ArrayList<Step>();
        steps.add(() -> PrivateFile.writePublic(currentCertificate(), Files.readAllBytes(nextCertificate())));
        steps.addAll(abandoning());
        return steps;
    }

    /** Removes the next authority. */
    List<Step> abandoning() {
        return List.of(() -> remove(nextCertificate()), () -> remove(nextKey()), () -> remove(nextCross()));
    }

    /** Removes what is left of the previous authority. */
    List<Step> dropping() {
        return List.of(() -> remove(previousCertificate()), () -> remove(cross()));
    }

    static void take(List<Step> steps) throws IOException {
        for (Step step : steps) {
            step.take();
        }
    }

    private void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        PrivateFile.syncDirectory(directory);
    }

    private void remove(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            PrivateFile.syncDirectory(directory);
        }
    }

    private static Optional<X509Certificate> optional(Path file) throws IOException, GeneralSecurityException {
        return Files.exists(file) ? Optional.of(Pem.certificate(file)) : Optional.empty();
    }
}
