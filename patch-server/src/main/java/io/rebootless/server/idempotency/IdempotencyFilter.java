package io.rebootless.server.idempotency;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.audit.Actor;
import io.rebootless.server.idempotency.StoredAnswers.Answer;
import io.rebootless.server.idempotency.StoredAnswers.Stored;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.problem.ProblemWriter;
import io.rebootless.wire.Problem;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Wraps a POST that carries an Idempotency-Key into one transaction, which the effect joins and which stores the answer:
 * neither is ever without the other, and a crash in between leaves neither. Only success is stored; what was refused is
 * looked at anew. Bundles are passed on as they are: their content is their key.
 */
final class IdempotencyFilter extends OncePerRequestFilter {
    private static final Logger LOG = LoggerFactory.getLogger(IdempotencyFilter.class);
    private static final String REPLAYED = "Idempotency-Replayed";
    private static final List<String> KEPT_HEADERS =
            List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.LOCATION, HttpHeaders.CACHE_CONTROL, HttpHeaders.ETAG);
    private static final int MAX_BODY_BYTES = 1024 * 1024;
    private static final int CLIENT_ERROR = 400;

    private final StoredAnswers answers;
    private final PlatformTransactionManager transactions;
    private final ProblemWriter problems;

    IdempotencyFilter(StoredAnswers answers, PlatformTransactionManager transactions, ProblemWriter problems) {
        this.answers = answers;
        this.transactions = transactions;
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String type = request.getContentType();
        return !HttpMethod.POST.matches(request.getMethod())
                || request.getHeader(IdempotencyKey.HEADER) == null
                || (type != null && type.startsWith(MediaType.APPLICATION_OCTET_STREAM_VALUE));
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
        byte[] body;
        try {
            body = request.getInputStream().readNBytes(MAX_BODY_BYTES + 1);
        } catch (ProblemException slow) {
            problems.write(response, slow);
            return;
        }
        if (body.length > MAX_BODY_BYTES) {
            problems.write(
                    response,
                    ProblemType.TOO_LARGE.problem("A JSON body has at most %d bytes.".formatted(MAX_BODY_BYTES)));
            return;
        }
        TransactionStatus transaction;
        try {
            transaction = transactions.getTransaction(new DefaultTransactionDefinition());
        } catch (CannotCreateTransactionException e) {
            LOG.error("PostgreSQL does not answer: {}", e.getMessage());
            response.setHeader(HttpHeaders.RETRY_AFTER, "5");
            problems.write(
                    response,
                    ProblemType.STORAGE_UNAVAILABLE.problem("The database does not answer; nothing was changed."));
            return;
        }
        var buffered = new ContentCachingResponseWrapper(response);
        try {
            boolean commit = false;
            try {
                commit = once(key.get(), new ReplayableRequest(request, body), hash(request, body), buffered, chain);
            } finally {
                if (!commit) {
                    transactions.rollback(transaction);
                }
            }
            if (commit) {
                // Before the answer leaves: a client that reads it can rely on it.
                transactions.commit(transaction);
            }
        } catch (DataAccessException | TransactionException e) {
            LOG.error("PostgreSQL does not answer: {}", e.getMessage());
            response.setHeader(HttpHeaders.RETRY_AFTER, "5");
            problems.write(
                    response,
                    ProblemType.STORAGE_UNAVAILABLE.problem(
                            "The database does not answer. Repeat the request with the same Idempotency-Key: it is"
                                    + " carried out once."));
            return;
        }
        buffered.copyBodyToResponse();
    }

    /** Whether there is something to commit. */
    private boolean once(
            IdempotencyKey key,
            HttpServletRequest request,
            Sha256 hash,
            ContentCachingResponseWrapper response,
            FilterChain chain)
            throws ServletException, IOException {
        String caller = caller();
        if (!answers.claim(caller, key)) {
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            return refuse(
                    response,
                    ProblemType.IDEMPOTENCY_KEY_IN_USE.problem(
                            "A request with this Idempotency-Key is being answered.",
                            null,
                            null,
                            "Repeat it in a second, with the same key."));
        }
        Optional<Stored> stored = answers.find(caller, key);
        if (stored.isPresent()) {
            if (!stored.get().request().equals(hash.hex())) {
                return refuse(
                        response,
                        ProblemType.IDEMPOTENCY_KEY_REUSED.problem(
                                "Another request was made with this Idempotency-Key.",
                                "the same method, address and body, byte for byte",
                                "something else",
                                "Repeat the request unchanged, or make up a new key for a new one."));
            }
            replay(answers.open(stored.get(), key), response);
            return false;
        }
        chain.doFilter(request, response);
        if (response.getStatus() >= CLIENT_ERROR) {
            return false;
        }
        answers.keep(caller, key, hash, answer(response));
        return true;
    }

    private boolean refuse(HttpServletResponse response, Problem problem) throws IOException {
        problems.write(response, problem);
        return false;
    }

    private static void replay(Answer answer, HttpServletResponse response) throws IOException {
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        response.setHeader(REPLAYED, "true");
        response.getOutputStream().write(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    private static Answer answer(ContentCachingResponseWrapper response) {
        var headers = new TreeMap<String, String>();
        for (String name : KEPT_HEADERS) {
            String value = HttpHeaders.CONTENT_TYPE.equals(name) ? response.getContentType() : response.getHeader(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        return new Answer(
                response.getStatus(), headers, new String(response.getContentAsByteArray(), StandardCharsets.UTF_8));
    }

    /** Keys of one caller are none of another's. Enrolling hosts have no key yet; theirs is in the body. */
    private static String caller() {
        var authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication != null && authentication.getPrincipal() instanceof Actor actor
                ? actor.kind() + ":" + actor.id()
                : "nobody";
    }

    private static Sha256 hash(HttpServletRequest request, byte[] body) {
        var all = Sha256.start();
        String query = request.getQueryString();
        all.update("%s %s?%s\n"
                .formatted(request.getMethod(), request.getRequestURI(), query == null ? "" : query)
                .getBytes(StandardCharsets.UTF_8));
        all.update(body);
        return Sha256.from(all);
    }
}
