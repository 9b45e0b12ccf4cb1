package io.rebootless.server.access;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.log.RequestLog;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.problem.ProblemWriter;
import io.rebootless.wire.AgentProtocol;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.TransactionException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Finds out who a request's key or token belongs to. An unknown one is the same as none. One that is known and no good
 * any more is told why: only its holder can show it, so that nobody else learns anything by the words.
 */
final class BearerFilter extends OncePerRequestFilter {
    static final String CHALLENGE = "Bearer realm=\"rebootless\"";

    private static final Logger LOG = LoggerFactory.getLogger(BearerFilter.class);

    private final KnownApiKeys apiKeys;
    private final ApiKeyUse use;
    private final HostTokens hostTokens;
    private final FailedAttempts failures;
    private final ProblemWriter problems;

    BearerFilter(
            KnownApiKeys apiKeys,
            ApiKeyUse use,
            HostTokens hostTokens,
            FailedAttempts failures,
            ProblemWriter problems) {
        this.apiKeys = apiKeys;
        this.use = use;
        this.hostTokens = hostTokens;
        this.failures = failures;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<Secret> secret = Secret.bearer(request.getHeader(HttpHeaders.AUTHORIZATION));
        try {
            secret.ifPresent(shown -> authenticate(shown, request.getRemoteAddr()));
        } catch (ProblemException refused) {
            if (refused.problem().status() == HttpServletResponse.SC_UNAUTHORIZED) {
                response.setHeader(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE);
            }
            problems.write(response, refused);
            return;
        } catch (DataAccessException | TransactionException e) {
            LOG.error("PostgreSQL does not answer: {}", e.getMessage());
            response.setHeader(HttpHeaders.RETRY_AFTER, "5");
            problems.write(response, ProblemType.STORAGE_UNAVAILABLE.problem("The database does not answer."));
            return;
        }
        chain.doFilter(request, response);
    }

    private void authenticate(Secret secret, String address) {
        if (secret.text().startsWith(AgentProtocol.API_KEY_PREFIX)) {
            apiKey(secret.hash(), address);
        } else if (secret.text().startsWith(AgentProtocol.HOST_TOKEN_PREFIX)) {
            hostToken(secret.hash(), address);
        }
    }

    private void apiKey(Sha256 hash, String address) {
        if (apiKeys.blindFor(hash)) {
            failures.admit(address, hash);
        }
        var found = apiKeys.find(hash);
        if (found.isEmpty()) {
            failures.admit(address, hash);
            failures.unknown(address, hash);
            return;
        }
        var key = found.get();
        if (key.state() != KeyState.ACTIVE) {
            failures.worthless(hash);
            throw KeysInForce.ended(key.row().revokedAt, key.row().expiresAt);
        }
        if (!failures.knows(hash)) {
            // Should this server be cut off from the others, and have to look it up.
            failures.vouch(key.caller().uuid(), Set.of(hash));
        }
        use.used(key.caller().uuid());
        accept(key.caller());
    }

    private void hostToken(Sha256 hash, String address) {
        var holder = hostTokens.holder(hash, address);
        if (holder.isEmpty()) {
            return;
        }
        var refusal = holder.get().standing().refusal();
        if (refusal.isPresent()) {
            failures.worthless(hash);
            throw new ProblemException(refusal.get());
        }
        UUID host = holder.get().host();
        accept(new Caller(host, Role.HOST, host.toString(), hash));
    }

    private static void accept(Caller caller) {
        MDC.put(RequestLog.CALLER, caller.kind().name().toLowerCase(Locale.ROOT) + ":" + caller.id());
        var authorities = caller.role().rights().stream()
                .map(role -> new SimpleGrantedAuthority(role.name()))
                .toList();
        var context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(caller, null, authorities));
        SecurityContextHolder.setContext(context);
    }
}
