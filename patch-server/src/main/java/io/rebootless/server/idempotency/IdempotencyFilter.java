package io.rebootless.server.idempotency;

import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Optional;
import org.springframework.http.HttpMethod;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Wraps a POST that carries an Idempotency-Key into one transaction, which the effect joins and which stores the answer:
 * neither is ever without the other, and a crash in between leaves neither. Only success is stored; what was refused is
 * looked at anew. {@link IdempotentRequests} begins the transaction, behind every limit: until then nothing of the body
 * is read and no connection to the database is taken. Two are passed on as they are: the upload of a bundle, whose content
 * is its key, and the steps of the server's authority, which change files, wait for one another, and can be repeated.
 */
final class IdempotencyFilter extends OncePerRequestFilter {
    private static final String UPLOAD = "/api/v1/bundles";
    private static final String AUTHORITY = "/api/v1/tls/";

    private final StoredAnswers answers;
    private final PlatformTransactionManager transactions;
    private final ProblemWriter problems;

    IdempotencyFilter(StoredAnswers answers, PlatformTransactionManager transactions, ProblemWriter problems) {
        this.answers = answers;
        this.transactions = transactions;
        this.problems = problems;
    }

    /** By the path alone, as it is routed: what a client calls its body changes nothing about what a request is. */
    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !HttpMethod.POST.matches(request.getMethod())
                || request.getHeader(IdempotencyKey.HEADER) == null
                || request.getServletPath().equals(UPLOAD)
                || request.getServletPath().startsWith(AUTHORITY);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<IdempotencyKey> key = IdempotencyKey.of(Collections.list(request.getHeaders(IdempotencyKey.HEADER)));
        if (key.isEmpty()) {
            problems.write(
                    response,
                    ProblemType.BAD_REQUEST.problem(
                            "Idempotency-Key is malformed.",
                            "one value of 16 to 200 printable ASCII characters without blank, quote and backslash",
                            null,
                            "Make up a random one for each request, such as a UUID, and repeat it with retries only."));
            return;
        }
        var replayable = new ReplayableRequest(request);
        var buffered = new ContentCachingResponseWrapper(response);
        var attempt = new Attempt(key.get(), replayable, answers, transactions);
        IdempotentRequests.announce(replayable, attempt);
        try {
            chain.doFilter(replayable, buffered);
            attempt.end(buffered);
        } catch (ProblemException lost) {
            problems.write(response, lost);
            return;
        } finally {
            attempt.close();
        }
        buffered.copyBodyToResponse();
    }
}
