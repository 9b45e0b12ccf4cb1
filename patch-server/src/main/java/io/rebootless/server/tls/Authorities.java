package io.rebootless.server.tls;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.fleet.AuthorityHolders;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.settings.Settings;
import io.rebootless.server.tls.AuthorityRegister.Entry;
import io.rebootless.server.tls.AuthorityRotation.Left;
import io.rebootless.server.tls.AuthorityRotation.Missing;
import io.rebootless.server.tls.AuthorityRotation.State;
import io.rebootless.wire.ServerTls.Generation;
import io.rebootless.wire.ServerTls.Hosts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.stereotype.Service;

/**
 * The authorities that hosts are told to trust, and the succession of this server's own. Files come first, the database
 * after them: what was cut short in between is made up for at the next look.
 */
@Service
public final class Authorities implements SmartInitializingSingleton {
    private static final Logger LOG = LoggerFactory.getLogger(Authorities.class);

    private final TlsStatus status;
    private final AuthorityRegister register;
    private final AuthorityHolders holders;
    private final SslBundleRegistry registry;
    private final Duration grace;
    private final Clock clock;
    private List<X509Certificate> shown = List.of();
    private volatile Announced announced = new Announced(List.of(), "", "");

    Authorities(
            TlsStatus status,
            AuthorityRegister register,
            AuthorityHolders holders,
            SslBundleRegistry registry,
            Settings settings,
            Clock clock) {
        this.status = status;
        this.register = register;
        this.holders = holders;
        this.registry = registry;
        this.grace = settings.tls().grace();
        this.clock = clock;
    }

    /**
     * What hosts are told.
     *
     * @param pem of all certificates, in one order on every server
     * @param digest of {@code pem}; empty if hosts are told nothing
     */
    record Announced(List<Entry> entries, String pem, String digest) {}

    /** How this server's succession stands. */
    record Standing(UUID server, State state, Hosts hosts, X509Certificate shown) {
        Missing missing() {
            return new Missing(hosts.waiting(), hosts.silent());
        }
    }

    /**
     * With a poll: what the answer's header is to say, and what the host says about itself.
     *
     * @param held the digest of what the host trusts
     */
    public Optional<String> heard(UUID host, @Nullable String held) {
        String digest = announced.digest();
        if (digest.isEmpty()) {
            return Optional.empty();
        }
        holders.heard(host, held);
        return Optional.of(digest);
    }

    Announced announced() {
        return announced;
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (status instanceof TlsStatus.OwnAuthority own) {
            try {
                settle(own.files());
            } catch (IOException | GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Renews the certificate if it is time. */
    synchronized void renew() throws IOException, GeneralSecurityException {
        if (status instanceof TlsStatus.OwnAuthority own && own.files().renew()) {
            settle(own.files());
            LOG.info("the server's certificate was renewed");
        }
    }

    /** Takes the step that is due, and hears of other servers' authorities. */
    synchronized void look() throws IOException, GeneralSecurityException {
        if (!(status instanceof TlsStatus.OwnAuthority own)) {
            return;
        }
        own.files().renew();
        settle(own.files());
        Standing standing = standing(own.files());
        switch (AuthorityRotation.next(standing.state(), standing.missing(), grace, clock.instant())) {
            case NOTHING -> {}
            case ANNOUNCE -> announce(own.files());
            case SWITCH -> switchOver(own.files());
            case FORGET -> forget(own.files());
        }
    }

    /** Makes the next authority and tells hosts of it; nothing happens if there is one. */
    synchronized void announce() throws IOException, GeneralSecurityException {
        TlsFiles files = files();
        State state = standing(files).state();
        if (state.left().isPresent()) {
            throw ProblemType.AUTHORITY_CONFLICT.because(
                    "The authority before the present one is still trusted, and there are never three.",
                    "Wait until every host has moved, or drop it: DELETE /api/v1/tls/authorities/{fingerprint}.");
        }
        if (state.announced().isEmpty()) {
            register.ordered(files.authorities().id(), "announce");
            announce(files);
        }
    }

    /** Has the next authority take over; nothing happens if it has already, so that a request can be repeated. */
    synchronized void switchOver(boolean force) throws IOException, GeneralSecurityException {
        TlsFiles files = files();
        Standing standing = standing(files);
        if (standing.state().announced().isEmpty() && standing.state().left().isPresent()) {
            return;
        }
        switch (AuthorityRotation.switching(standing.state(), standing.missing(), force, grace, clock.instant())) {
            case GRANTED -> {
                register.ordered(files.authorities().id(), force ? "switch by force" : "switch");
                switchOver(files);
            }
            case NOTHING_ANNOUNCED ->
                throw ProblemType.AUTHORITY_CONFLICT.because(
                        "There is no next authority.",
                        "Announce one first: rebootless tls rotate, or POST /api/v1/tls/authority.");
            case HOSTS_MISSING -> {
                Instant since = standing.state().announced().orElseThrow();
                throw ProblemType.AUTHORITY_NOT_TAKEN.because(
                        "%d hosts that answer do not trust the next authority yet; GET /api/v1/tls names them."
                                .formatted(standing.hosts().waiting()),
                        "Wait for them, or from %s on force it: ?force=true."
                                .formatted(AuthorityRotation.switchFrom(since, grace)));
            }
        }
    }

    /** Takes back the next authority, forgets the previous one, or drops that of a server that is no more. */
    synchronized void drop(Sha256 fingerprint) throws IOException, GeneralSecurityException {
        TlsFiles files = files();
        UUID server = files.authorities().id();
        Entry entry = register.all().stream()
                .filter(known -> known.fingerprint().equals(fingerprint))
                .findFirst()
                .orElseThrow(() -> ProblemType.NOT_FOUND.because("There is no authority " + fingerprint + "."));
        if (!entry.server().equals(server)) {
            register.drop(fingerprint);
            publish();
            return;
        }
        switch (entry.generation()) {
            case CURRENT ->
                throw ProblemType.AUTHORITY_CONFLICT.because(
                        "The server shows a certificate by this authority.",
                        "Announce another one and switch to it first.");
            case NEXT -> {
                register.ordered(server, "abandon");
                AuthorityFiles.take(files.authorities().abandoning());
                settle(files);
            }
            case PREVIOUS -> {
                register.ordered(server, "forget");
                forget(files);
            }
        }
    }

    private void announce(TlsFiles files) throws IOException, GeneralSecurityException {
        AuthorityFiles.take(files.authorities().announcing());
        settle(files);
        LOG.info("a next authority was made; hosts are told of it");
    }

    private void switchOver(TlsFiles files) throws IOException, GeneralSecurityException {
        AuthorityFiles.take(files.authorities().switching());
        files.renew();
        settle(files);
        LOG.info("the next authority has taken over; the server shows a certificate by it");
    }

    private void forget(TlsFiles files) throws IOException, GeneralSecurityException {
        AuthorityFiles.take(files.authorities().dropping());
        files.renew();
        settle(files);
        LOG.info("the previous authority was dropped; hosts are told to forget it");
    }

    /** Has database, web server and hosts see what the files hold. */
    private synchronized void settle(TlsFiles files) throws IOException, GeneralSecurityException {
        var generations = files.authorities().open();
        var held = new EnumMap<Generation, X509Certificate>(Generation.class);
        held.put(Generation.CURRENT, generations.current().certificate());
        generations.next().ifPresent(certificate -> held.put(Generation.NEXT, certificate));
        generations.previous().ifPresent(certificate -> held.put(Generation.PREVIOUS, certificate));
        ServerCertificate served = files.served();
        if (!served.chain().equals(shown)) {
            registry.updateBundle(TlsConfiguration.BUNDLE, served.bundle());
            shown = served.chain();
        }
        register.settle(files.authorities().id(), held, served.own());
        publish();
    }

    private void publish() throws IOException {
        List<Entry> entries = register.all();
        byte[] pem = Pem.of(entries.stream().map(Entry::certificate).toArray(X509Certificate[]::new));
        announced = new Announced(
                entries,
                new String(pem, StandardCharsets.US_ASCII),
                Sha256.of(pem).hex());
    }

    /** How this server stands; empty unless it has an authority of its own. */
    Optional<Standing> standing() throws IOException {
        return status instanceof TlsStatus.OwnAuthority own ? Optional.of(standing(own.files())) : Optional.empty();
    }

    private Standing standing(TlsFiles files) throws IOException {
        UUID server = files.authorities().id();
        X509Certificate shown = files.served().own();
        Instant ends = shown.getNotAfter().toInstant();
        Optional<Instant> next = Optional.empty();
        Optional<Left> left = Optional.empty();
        for (Entry entry : announced.entries()) {
            if (entry.server().equals(server)) {
                Instant end = entry.certificate().getNotAfter().toInstant();
                switch (entry.generation()) {
                    case CURRENT -> ends = end;
                    case NEXT -> next = Optional.of(entry.since());
                    case PREVIOUS -> left = Optional.of(new Left(entry.since(), end));
                }
            }
        }
        return new Standing(server, new State(ends, next, left), holders.standing(announced.digest()), shown);
    }

    private TlsFiles files() {
        if (status instanceof TlsStatus.OwnAuthority own) {
            return own.files();
        }
        throw ProblemType.AUTHORITY_CONFLICT.because(
                "This server has no authority of its own: " + status.describe() + ".",
                "Renew its certificate where that comes from.");
    }
}
