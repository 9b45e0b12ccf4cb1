package io.rebootless.server.access;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.log.RequestLog;
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

/** Finds out who a request's key or token belongs to. An unknown one is the same as none. */
final class BearerFilter extends OncePerRequestFilter {
    private static final Logger LOG = LoggerFactory.getLogger(BearerFilter.class);

    private final ApiKeys apiKeys;
    private final HostTokens hostTokens;
    private final ProblemWriter problems;

    BearerFilter(ApiKeys apiKeys, HostTokens hostTokens, ProblemWriter problems) {
        this.apiKeys = apiKeys;
        this.hostTokens = hostTokens;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<Secret> secret = Secret.bearer(request.getHeader(HttpHeaders.AUTHORIZATION));
        try {
            if (secret.isPresent() && !authenticate(secret.get(), response)) {
                return;
            }
        } catch (DataAccessException | TransactionException e) {
            LOG.error("PostgreSQL does not answer: {}", e.getMessage());
            response.setHeader(HttpHeaders.RETRY_AFTER, "5");
            problems.write(response, ProblemType.STORAGE_UNAVAILABLE.problem("The database does not answer."));
            return;
        }
        chain.doFilter(request, response);
    }

    private boolean authenticate(Secret secret, HttpServletResponse response) throws IOException {
        Sha256 hash = secret.hash();
        if (secret.text().startsWith(AgentProtocol.API_KEY_PREFIX)) {
            apiKeys.caller(hash).ifPresent(BearerFilter::accept);
        } else if (secret.text().startsWith(AgentProtocol.HOST_TOKEN_PREFIX)) {
            var holder = hostTokens.holder(hash);
            if (holder.isPresent() && holder.get().retired()) {
                problems.write(
                        response,
                        ProblemType.HOST_RETIRED.problem(
                                "An operator has had this host leave the fleet.", null, null, "Enrol it again."));
                return false;
            }
            holder.ifPresent(host ->
                    accept(new Caller(host.host(), Role.HOST, host.host().toString())));
        }
        return true;
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
