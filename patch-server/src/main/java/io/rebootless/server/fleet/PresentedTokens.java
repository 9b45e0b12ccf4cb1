package io.rebootless.server.fleet;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.access.FailedAttempts;
import io.rebootless.server.access.HostTokens;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/** The hosts by the tokens that requests show: limits what unknown tokens may cost, and sees a new token's first use. */
@Component
public class PresentedTokens implements HostTokens {
    private final HostDirectory directory;
    private final TokenReplacement replacement;
    private final FailedAttempts failures;
    private final KnownSecrets secrets;

    PresentedTokens(
            HostDirectory directory, TokenReplacement replacement, FailedAttempts failures, KnownSecrets secrets) {
        this.directory = directory;
        this.replacement = replacement;
        this.failures = failures;
        this.secrets = secrets;
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
            failures.vouch(known.id(), Set.of(tokenHash));
            return Optional.of(known.tokenReplaced());
        }
        if (!remembered && known.standing() == Standing.MEMBER && !failures.knows(tokenHash)) {
            // It has joined at another server, which could not tell this one.
            secrets.readHost(known.id());
        }
        return host;
    }

    @Override
    public Optional<Holder> holder(Sha256 tokenHash, String address) {
        return host(tokenHash, address).map(host -> new Holder(host.id(), host.standing()));
    }
}
