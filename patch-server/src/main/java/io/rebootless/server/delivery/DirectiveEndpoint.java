package io.rebootless.server.delivery;

import io.rebootless.server.access.Secret;
import io.rebootless.server.delivery.PreparedDirectives.Prepared;
import io.rebootless.server.fleet.KnownHost;
import io.rebootless.server.fleet.LastSeen;
import io.rebootless.server.fleet.PresentedTokens;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.problem.ProblemWriter;
import io.rebootless.server.settings.Settings;
import io.rebootless.server.tls.Authorities;
import io.rebootless.wire.AgentProtocol;
import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * {@code GET /api/v1/agent/directive}: the request of which there are most by far. A filter ahead of all others, so that
 * neither Spring Security nor Spring MVC costs it anything; it never passes a request on. An answer needs the memory
 * only, unless the token was not seen for long, or the host is handed a bundle that is not everybody's yet.
 */
final class DirectiveEndpoint extends HttpFilter {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(DirectiveEndpoint.class);
    private static final int WANTED_WAIT_SECONDS = 2;
    private static final Pattern WAIT = Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*\"?([0-9]{1,9})\"?(?:$|[,;\\s])");

    private final transient PresentedTokens hosts;
    private final transient LastSeen lastSeen;
    private final transient DirectiveBoard board;
    private final transient Authorities authorities;
    private final transient ProblemWriter problems;
    private final int pollSeconds;

    DirectiveEndpoint(
            PresentedTokens hosts,
            LastSeen lastSeen,
            DirectiveBoard board,
            Authorities authorities,
            ProblemWriter problems,
            Settings settings) {
        this.hosts = hosts;
        this.lastSeen = lastSeen;
        this.board = board;
        this.authorities = authorities;
        this.problems = problems;
        this.pollSeconds = settings.fleet().pollSeconds();
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException {
        if (!request.getMethod().equals("GET")) {
            response.setHeader("Allow", "GET");
            problems.write(response, ProblemType.METHOD_NOT_ALLOWED.problem("A directive is only read."));
            return;
        }
        Optional<KnownHost> caller;
        try {
            caller = Secret.bearer(request.getHeader("Authorization"))
                    .flatMap(token -> hosts.host(token.hash(), request.getRemoteAddr()));
        } catch (ProblemException e) {
            problems.write(response, e);
            return;
        } catch (DataAccessException | TransactionException e) {
            unavailable(response, e);
            return;
        }
        if (caller.isEmpty()) {
            response.setHeader("WWW-Authenticate", "Bearer realm=\"rebootless\"");
            problems.write(
                    response,
                    ProblemType.UNAUTHENTICATED.problem(
                            "The server does not know this host token.", null, null, "Enrol the host."));
            return;
        }
        var refusal = caller.get().standing().refusal();
        if (refusal.isEmpty()) {
            try {
                answer(caller.get(), request, response);
            } catch (DataAccessException | TransactionException e) {
                unavailable(response, e);
            }
            return;
        }
        if (refusal.get().status() == HttpServletResponse.SC_UNAUTHORIZED) {
            response.setHeader("WWW-Authenticate", "Bearer realm=\"rebootless\"");
        }
        problems.write(response, refusal.get());
    }

    private void unavailable(HttpServletResponse response, RuntimeException e) throws IOException {
        LOG.error("PostgreSQL does not answer: {}", e.getMessage());
        response.setIntHeader("Retry-After", pollSeconds);
        problems.write(response, ProblemType.STORAGE_UNAVAILABLE.problem("The database does not answer."));
    }

    private void answer(KnownHost host, HttpServletRequest request, HttpServletResponse response) throws IOException {
        lastSeen.heard(host.id());
        authorities
                .heard(host.id(), request.getHeader(AgentProtocol.AUTHORITIES_DIGEST))
                .ifPresent(digest -> response.setHeader(AgentProtocol.AUTHORITIES_DIGEST, digest));
        // Whoever hangs on the line has spent the interval there, and is to come back at once: so a publication reaches
        // the fleet in seconds.
        response.setIntHeader(AgentProtocol.POLL_SECONDS, Math.max(1, pollSeconds - AgentProtocol.MAX_WAIT_SECONDS));
        if (reportWanted(host.report(), request.getHeader(AgentProtocol.REPORT_ACKNOWLEDGED))
                || otherBoot(host.boot(), request.getHeader(AgentProtocol.BOOT))) {
            response.setHeader(AgentProtocol.REPORT_WANTED, "true");
        }
        if (host.tokenWanted()) {
            response.setHeader(AgentProtocol.TOKEN_WANTED, "true");
        }
        String lifted = host.lifted();
        if (lifted != null) {
            response.setHeader(AgentProtocol.QUARANTINE_LIFTED, lifted);
        }
        String known = request.getHeader("If-None-Match");
        Prepared directive = board.tell(host);
        if (known == null || !known.contains(directive.etag())) {
            DirectiveAnswer.found(response, directive);
            return;
        }
        // A host is to be heard of as often as the setting says.
        int wait = Math.min(waitSeconds(request.getHeader("Prefer")), pollSeconds);
        if (response.containsHeader(AgentProtocol.REPORT_WANTED)
                || response.containsHeader(AgentProtocol.TOKEN_WANTED)
                || response.containsHeader(AgentProtocol.QUARANTINE_LIFTED)) {
            // Let go soon, to do what is wanted; not at once, or a host that cannot would ask in a tight loop.
            wait = Math.min(wait, WANTED_WAIT_SECONDS);
        }
        if (wait == 0) {
            response.setIntHeader(AgentProtocol.POLL_SECONDS, pollSeconds);
            DirectiveAnswer.unchanged(response, directive.etag());
            return;
        }
        var context = request.startAsync();
        var waiter = new Waiter(context, host, directive.etag(), board);
        context.setTimeout(wait * 1000L);
        context.addListener(waiter);
        board.add(waiter);
    }

    /** Whether the last report was made under another boot than the host's present one: a reboot, or another machine. */
    static boolean otherBoot(@Nullable String reported, @Nullable String present) {
        return present != null && !present.equals(reported);
    }

    /** How long the client is willing to wait (RFC 7240), as far as this server is. */
    static int waitSeconds(@Nullable String prefer) {
        if (prefer == null) {
            return 0;
        }
        Matcher wait = WAIT.matcher(prefer);
        return wait.find() ? Math.min(Integer.parseInt(wait.group(1)), AgentProtocol.MAX_WAIT_SECONDS) : 0;
    }

    /**
     * Whether the host should send its whole state: the server has none, or an older one than the host believes it has.
     *
     * @param stored the server's last report of the host, as {@code journalId/number}
     * @param acknowledged the one that the host believes stored
     */
    static boolean reportWanted(@Nullable String stored, @Nullable String acknowledged) {
        if (stored == null) {
            return true;
        }
        if (acknowledged == null || acknowledged.equals(stored)) {
            return false;
        }
        int slash = stored.lastIndexOf('/');
        if (!acknowledged.startsWith(stored.substring(0, slash + 1))) {
            return true;
        }
        try {
            return Long.parseLong(acknowledged.substring(slash + 1)) > Long.parseLong(stored.substring(slash + 1));
        } catch (NumberFormatException e) {
            return true;
        }
    }
}
