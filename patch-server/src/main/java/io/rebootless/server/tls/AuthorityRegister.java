package io.rebootless.server.tls;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.ServerTls.Generation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The authorities of all servers that share the database, certificates only, so that each can tell hosts of all of them.
 * What a server has in its files decides about its own rows; every difference is made up for here, with its audit entry.
 */
@Service
class AuthorityRegister {
    private final JdbcClient jdbc;
    private final AuditLog audit;
    private final Clock clock;

    AuthorityRegister(JdbcClient jdbc, AuditLog audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * An authority that hosts are told of.
     *
     * @param server whose: the id in its directory
     * @param since when it became what it is
     */
    record Entry(Sha256 fingerprint, X509Certificate certificate, Generation generation, UUID server, Instant since) {}

    @Transactional(readOnly = true)
    public List<Entry> all() {
        return jdbc.sql("SELECT * FROM tls_authority ORDER BY fingerprint")
                .query((row, number) -> new Entry(
                        new Sha256(row.getString("fingerprint")),
                        parsed(row.getString("certificate")),
                        Generation.valueOf(row.getString("generation")),
                        row.getObject("server", UUID.class),
                        Columns.instant(row, "since")))
                .list();
    }

    /**
     * Takes down who wants a step to be taken, before it is: files are in no transaction, and after a crash in between it
     * is the server that makes up for what is missing.
     *
     * @param step as in the API
     */
    @Transactional
    public void ordered(UUID server, String step) {
        audit.record(AuditAction.TLS_STEP_ORDERED, "server:" + server, Map.of("step", step));
    }

    /** Makes a server's rows say what its files hold, and takes down the certificate that it shows. */
    @Transactional
    public void settle(UUID server, Map<Generation, X509Certificate> held, X509Certificate shown) throws IOException {
        var known = new HashMap<Sha256, Entry>();
        all().forEach(entry -> known.put(entry.fingerprint(), entry));
        for (var generation : held.entrySet()) {
            settle(server, generation.getKey(), generation.getValue(), known);
        }
        for (Entry left : known.values()) {
            boolean ended = left.certificate().getNotAfter().toInstant().isBefore(clock.instant());
            if (left.server().equals(server) || ended) {
                drop(left.fingerprint());
            }
        }
        issued(server, shown);
    }

    private void settle(UUID server, Generation generation, X509Certificate certificate, Map<Sha256, Entry> known)
            throws IOException {
        Sha256 fingerprint = CertificateAuthority.fingerprint(certificate);
        Entry present = known.remove(fingerprint);
        if (present != null
                && present.generation() == generation
                && present.server().equals(server)) {
            return;
        }
        jdbc.sql("""
                        INSERT INTO tls_authority (fingerprint, certificate, generation, server, since)
                        VALUES (:fingerprint, :certificate, :generation, :server, :since)
                        ON CONFLICT (fingerprint) DO UPDATE SET generation = excluded.generation,
                            server = excluded.server, since = excluded.since
                        """)
                .param("fingerprint", fingerprint.hex())
                .param("certificate", new String(Pem.of(certificate), StandardCharsets.US_ASCII))
                .param("generation", generation.name())
                .param("server", server)
                .param("since", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .update();
        if (generation != Generation.PREVIOUS) {
            AuditAction action = generation == Generation.NEXT
                    ? AuditAction.TLS_AUTHORITY_ANNOUNCED
                    : present == null ? AuditAction.TLS_AUTHORITY_CREATED : AuditAction.TLS_AUTHORITY_SWITCHED;
            audit.record(action, subject(fingerprint), detail(server, certificate));
        }
    }

    /**
     * Takes an authority out of what hosts are told to trust.
     *
     * @return whether it was there
     */
    @Transactional
    public boolean drop(Sha256 fingerprint) {
        int rows = jdbc.sql("DELETE FROM tls_authority WHERE fingerprint = :fingerprint")
                .param("fingerprint", fingerprint.hex())
                .update();
        if (rows > 0) {
            audit.record(AuditAction.TLS_AUTHORITY_DROPPED, subject(fingerprint), Map.of());
        }
        return rows > 0;
    }

    private void issued(UUID server, X509Certificate shown) {
        Sha256 fingerprint = CertificateAuthority.fingerprint(shown);
        if (recorded(fingerprint)) {
            audit.record(
                    AuditAction.TLS_CERTIFICATE_ISSUED, "tls-certificate:" + fingerprint.hex(), detail(server, shown));
        }
    }

    /** Takes down a certificate that came from files of the operator's. */
    @Transactional
    public void loaded(X509Certificate shown) {
        Sha256 fingerprint = CertificateAuthority.fingerprint(shown);
        if (recorded(fingerprint)) {
            audit.record(
                    AuditAction.TLS_CERTIFICATE_LOADED,
                    "tls-certificate:" + fingerprint.hex(),
                    Map.of(
                            "ends",
                            ends(shown),
                            "subject",
                            shown.getSubjectX500Principal().getName()));
        }
    }

    private boolean recorded(Sha256 fingerprint) {
        return jdbc.sql(
                                "INSERT INTO tls_certificate (fingerprint, at) VALUES (:fingerprint, :at) ON CONFLICT DO NOTHING")
                        .param("fingerprint", fingerprint.hex())
                        .param("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                        .update()
                > 0;
    }

    private static String subject(Sha256 authority) {
        return "tls-authority:" + authority.hex();
    }

    private static Map<String, String> detail(UUID server, X509Certificate certificate) {
        return Map.of("server", server.toString(), "ends", ends(certificate));
    }

    private static String ends(X509Certificate certificate) {
        return certificate.getNotAfter().toInstant().toString();
    }

    private static X509Certificate parsed(String pem) {
        try {
            return Pem.certificate(pem, "tls_authority");
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
