package io.rebootless.server.fleet;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.access.FailedAttempts;
import io.rebootless.server.access.HostTokens;
import java.util.Optional;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The hosts by the tokens that requests show: limits what unknown tokens may cost, and sees a new token's first use. */
@Component
public class PresentedTokens implements HostTokens {
    private final HostDirectory directory;
    private final TokenReplacement replacement;
    private final FailedAttempts failures;
    private final JdbcClient jdbc;

    PresentedTokens(HostDirectory directory, TokenReplacement replacement, FailedAttempts failures, JdbcClient jdbc) {
        this.directory = directory;
        this.replacement = replacement;
        this.failures = failures;
        this.jdbc = jdbc;
    }

    /** The tokens of the fleet are known before the first flood of others: none of them waits for a limit. */
    @EventListener(ApplicationStartedEvent.class)
    void vouchForAll() {
        // Not as a stream, which would keep its connection to the database until somebody closes it.
        jdbc.sql("SELECT token_hash FROM host WHERE retired_at IS NULL")
                .query(String.class)
                .list()
                .forEach(hash -> failures.vouch(new Sha256(hash)));
    }

    /**
     * The host that shows a token.
     *
     * @param address where the request comes from
     * @throws io.rebootless.server.problem.ProblemException {@code too-many-failures}
     * @throws org.springframework.dao.DataAccessException if the database is needed and does not answer
     */
    public Optional<KnownHost> host(Sha256 tokenHash, String address) {
        boolean remembered = directory.remembers(tokenHash);
        if (!remembered) {
            failures.admit(address, tokenHash);
        }
        var host = directory.byToken(tokenHash);
        if (host.isEmpty()) {
            failures.unknown(address, tokenHash);
            return host;
        }
        KnownHost known = host.get();
        if (known.freshToken() && known.standing() == Standing.MEMBER) {
            replacement.firstUse(known.id(), tokenHash);
            failures.vouch(tokenHash);
            return Optional.of(known.tokenReplaced());
        }
        if (!remembered && known.standing() == Standing.MEMBER) {
            // It may have joined at another server.
            failures.vouch(tokenHash);
        }
        return host;
    }

    @Override
    public Optional<Holder> holder(Sha256 tokenHash, String address) {
        return host(tokenHash, address).map(host -> new Holder(host.id(), host.standing()));
    }
}
