package io.rebootless.server.tls;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.problem.Answers;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.settings.Settings;
import io.rebootless.server.tls.Authorities.Announced;
import io.rebootless.server.tls.Authorities.Standing;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.ServerTls;
import io.rebootless.wire.ServerTls.Authority;
import io.rebootless.wire.ServerTls.Hosts;
import io.rebootless.wire.ServerTls.Mode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Shows how the server stands with its certificate and authorities, and has the next one announced and take over. */
@RestController
final class TlsController {
    private static final MediaType PEM = MediaType.parseMediaType(AgentProtocol.PEM);
    private static final Hosts NO_HOSTS = new Hosts(0, 0, 0, 0, List.of());

    private final TlsStatus status;
    private final Authorities authorities;
    private final CertificateWatch watch;
    private final Settings settings;

    TlsController(TlsStatus status, Authorities authorities, CertificateWatch watch, Settings settings) {
        this.status = status;
        this.authorities = authorities;
        this.watch = watch;
        this.settings = settings;
    }

    /** Says how the server shows who it is, and which hosts know. */
    @GetMapping("/api/v1/tls")
    ServerTls status() throws IOException {
        Optional<Standing> standing = authorities.standing();
        if (standing.isEmpty()) {
            X509Certificate shown = watch.shown();
            return new ServerTls(mode(), shown == null ? null : ends(shown), List.of(), null, NO_HOSTS, null);
        }
        Announced announced = authorities.announced();
        Standing own = standing.get();
        return new ServerTls(
                Mode.OWN_CA,
                ends(own.shown()),
                announced.entries().stream()
                        .map(entry -> new Authority(
                                entry.fingerprint(),
                                entry.certificate().getSubjectX500Principal().getName(),
                                entry.generation(),
                                entry.server(),
                                entry.server().equals(own.server()),
                                entry.since(),
                                ends(entry.certificate())))
                        .toList(),
                announced.digest(),
                own.hosts(),
                switchFrom(own));
    }

    /** The certificates as a PEM file: for hosts, and for people's own copies. */
    @Answers(problems = ProblemType.NOT_FOUND, media = AgentProtocol.PEM)
    @GetMapping(AgentProtocol.AUTHORITIES)
    ResponseEntity<byte[]> bundle() {
        Announced announced = authorities.announced();
        if (announced.digest().isEmpty()) {
            throw ProblemType.NOT_FOUND.because(
                    "This server has no authority of its own: %s.".formatted(status.describe()));
        }
        return ResponseEntity.ok()
                .contentType(PEM)
                .cacheControl(CacheControl.noCache())
                .body(announced.pem().getBytes(StandardCharsets.US_ASCII));
    }

    /** Makes the next authority and announces it to the hosts. */
    @Answers(problems = ProblemType.AUTHORITY_CONFLICT)
    @PostMapping("/api/v1/tls/authority")
    ServerTls announce() throws IOException, GeneralSecurityException {
        authorities.announce();
        return status();
    }

    /** Has the next authority take over. */
    @Answers(problems = {ProblemType.AUTHORITY_CONFLICT, ProblemType.AUTHORITY_NOT_TAKEN})
    @PostMapping("/api/v1/tls/authority/switch")
    ServerTls switchOver(@RequestParam(name = "force", defaultValue = "false") boolean force)
            throws IOException, GeneralSecurityException {
        authorities.switchOver(force);
        return status();
    }

    /** Tells hosts of an authority no more. */
    @Answers(problems = ProblemType.AUTHORITY_CONFLICT)
    @DeleteMapping("/api/v1/tls/authorities/{fingerprint}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void drop(@PathVariable("fingerprint") String fingerprint) throws IOException, GeneralSecurityException {
        Sha256 wanted;
        try {
            wanted = new Sha256(fingerprint);
        } catch (IllegalArgumentException e) {
            throw ProblemType.NOT_FOUND.because("There is no authority of that fingerprint.");
        }
        authorities.drop(wanted);
    }

    private @Nullable Instant switchFrom(Standing standing) {
        return standing.state()
                .announced()
                .map(since -> AuthorityRotation.switchFrom(since, settings.tls().grace()))
                .orElse(null);
    }

    private Mode mode() {
        if (status instanceof TlsStatus.FromFiles) {
            return Mode.FILES;
        }
        return status instanceof TlsStatus.Off ? Mode.OFF : Mode.SPRING;
    }

    private static Instant ends(X509Certificate certificate) {
        return certificate.getNotAfter().toInstant();
    }
}
