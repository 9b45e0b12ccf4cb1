package io.rebootless.server.fleet;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.access.FailedAttempts;
import io.rebootless.server.access.HostTokens.Standing;
import io.rebootless.server.access.Secret;
import io.rebootless.server.audit.Actor;
import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.cluster.Signals;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.AgentProtocol;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Replaces a host's token when an operator asks: the host is told at its next poll, fetches a new one with the one it
 * has, and the first use of the new one ends the old. An answer that was lost is asked for again.
 */
@Service
final class TokenReplacement {
    private final JdbcClient jdbc;
    private final HostDirectory directory;
    private final FailedAttempts failures;
    private final ReportLimits limits;
    private final AuditLog audit;
    private final Signals signals;
    private final Clock clock;
    private final TransactionTemplate transaction;
    private final SecureRandom random = new SecureRandom();

    TokenReplacement(
            JdbcClient jdbc,
            HostDirectory directory,
            FailedAttempts failures,
            ReportLimits limits,
            AuditLog audit,
            Signals signals,
            Clock clock,
            PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.directory = directory;
        this.failures = failures;
        this.limits = limits;
        this.audit = audit;
        this.signals = signals;
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactions);
    }

    /**
     * Has a host fetch a new token. A repeat changes nothing.
     *
     * @return whether there is such a host
     */
    boolean want(UUID host) {
        boolean known = Boolean.TRUE.equals(transaction.execute(status -> {
            var wanted = jdbc.sql("""
                            SELECT token_wanted_at IS NOT NULL FROM host
                            WHERE id = :id AND retired_at IS NULL AND cloned_at IS NULL FOR UPDATE
                            """).param("id", host).query(Boolean.class).optional();
            if (wanted.isPresent() && !wanted.get()) {
                jdbc.sql("UPDATE host SET token_wanted_at = :now WHERE id = :id")
                        .param("id", host)
                        .param("now", Columns.column(clock.instant()))
                        .update();
                audit.record(AuditAction.HOST_TOKEN_WANTED, subject(host), Map.of());
                tell(host);
            }
            return wanted.isPresent();
        }));
        directory.changed(host, KnownHost::askedForToken);
        return known;
    }

    private record Asking(Standing standing, boolean wanted, Sha256 present) {}

    /** Makes the token that replaces a host's, in place of one made before and never shown. */
    Secret issue(UUID host) {
        var token = Secret.create(AgentProtocol.HOST_TOKEN_PREFIX, random);
        Sha256 present = Objects.requireNonNull(transaction.execute(status -> {
            Asking asking = jdbc.sql("""
                            SELECT token_hash, token_wanted_at IS NOT NULL AS wanted, %s FROM host WHERE id = :id
                            FOR UPDATE
                            """.formatted(HostColumns.STANDING))
                    .param("id", host)
                    .query((row, number) -> new Asking(
                            HostColumns.standing(row),
                            row.getBoolean("wanted"),
                            new Sha256(row.getString("token_hash"))))
                    .single();
            asking.standing().demandMember();
            if (!asking.wanted()) {
                throw ProblemType.TOKEN_NOT_WANTED.because(
                        "No new token is wanted for this host.",
                        "An operator asks for one: POST /api/v1/hosts/{id}/token-replacement.");
            }
            limits.admitToken(host);
            jdbc.sql("UPDATE host SET next_token_hash = :hash WHERE id = :id")
                    .param("id", host)
                    .param("hash", token.hash().hex())
                    .update();
            audit.record(AuditAction.HOST_TOKEN_ISSUED, subject(host), Map.of());
            tell(host);
            return asking.present();
        }));
        failures.vouch(host, Set.of(present, token.hash()));
        return token;
    }

    /** The new token was shown: from now on it is the only one. */
    void firstUse(UUID host, Sha256 tokenHash) {
        var former = transaction.execute(status -> {
            var old = jdbc.sql("""
                            SELECT token_hash FROM host
                            WHERE id = :id AND next_token_hash = :hash AND retired_at IS NULL AND cloned_at IS NULL
                            FOR UPDATE
                            """)
                    .param("id", host)
                    .param("hash", tokenHash.hex())
                    .query(String.class)
                    .optional();
            if (old.isPresent()) {
                jdbc.sql("""
                                UPDATE host SET token_hash = next_token_hash, next_token_hash = NULL,
                                       token_wanted_at = NULL
                                WHERE id = :id
                                """).param("id", host).update();
                audit.record(
                        Actor.of(Actor.Kind.HOST, host.toString(), host.toString()),
                        AuditAction.HOST_TOKEN_REPLACED,
                        subject(host),
                        Map.of());
                tell(host);
            }
            return old;
        });
        former.map(Sha256::new).ifPresent(directory::forget);
        directory.forget(tokenHash);
    }

    private void tell(UUID host) {
        signals.send(new Signal(Signal.Topic.HOST, host.toString()));
    }

    static String subject(UUID host) {
        return "host:" + host;
    }
}
