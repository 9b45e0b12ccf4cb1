package io.rebootless.server.idempotency;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.audit.Actor;
import io.rebootless.server.idempotency.StoredAnswers.Answer;
import io.rebootless.server.idempotency.StoredAnswers.Stored;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.web.util.ContentCachingResponseWrapper;

/** One request with an Idempotency-Key: the transaction around it, from when it is begun until it has been answered. */
final class Attempt {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);
    private static final String REPLAYED = "Idempotency-Replayed";
    private static final List<String> KEPT_HEADERS =
            List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.LOCATION, HttpHeaders.CACHE_CONTROL, HttpHeaders.ETAG);
    private static final int CLIENT_ERROR = 400;

    private final IdempotencyKey key;
    private final ReplayableRequest request;
    private final StoredAnswers answers;
    private final PlatformTransactionManager transactions;
    private @Nullable TransactionStatus transaction;
    /** Of the request, once it is known that it has not been answered before. */
    private @Nullable Sha256 fresh;

    Attempt(
            IdempotencyKey key,
            ReplayableRequest request,
            StoredAnswers answers,
            PlatformTransactionManager transactions) {
        this.key = key;
        this.request = request;
        this.answers = answers;
        this.transactions = transactions;
    }

    /** Until the whole body is there. */
    void await() throws IOException {
        request.body();
    }

    /**
     * Takes a connection to the database, and looks whether the request was answered before.
     *
     * @return whether it is to be carried out; if not, the former answer was written
     */
    boolean begin(HttpServletResponse response) throws IOException {
        Sha256 hash = hash(request, request.body());
        Optional<Stored> stored;
        try {
            transaction = transactions.getTransaction(new DefaultTransactionDefinition());
            if (!answers.claim(caller(), key)) {
                throw ProblemType.IDEMPOTENCY_KEY_IN_USE
                        .because(
                                "A request with this Idempotency-Key is being answered.",
                                "Repeat it in a second, with the same key.")
                        .with(HttpHeaders.RETRY_AFTER, "1");
            }
            stored = answers.find(caller(), key);
        } catch (DataAccessException | TransactionException e) {
            throw unavailable(e, "The database does not answer; nothing was changed.");
        }
        if (stored.isEmpty()) {
            fresh = hash;
            return true;
        }
        if (!stored.get().request().equals(hash.hex())) {
            throw ProblemType.IDEMPOTENCY_KEY_REUSED.because(
                    "Another request was made with this Idempotency-Key.",
                    "the same method, address and body, byte for byte",
                    "something else",
                    "Repeat the request unchanged, or make up a new key for a new one.");
        }
        replay(answers.open(stored.get(), key), response);
        return false;
    }

    /** Keeps a success, in the transaction of its effect, before the answer leaves: a client that reads it can rely on it. */
    void end(ContentCachingResponseWrapper response) {
        if (transaction == null || fresh == null || response.getStatus() >= CLIENT_ERROR) {
            return;
        }
        try {
            answers.keep(caller(), key, fresh, answer(response));
            var whole = transaction;
            transaction = null;
            transactions.commit(whole);
        } catch (DataAccessException | TransactionException e) {
            throw unavailable(
                    e,
                    "The database does not answer. Repeat the request with the same Idempotency-Key: it is carried out"
                            + " once.");
        }
    }

    /** Takes back what was not kept; nothing if all was. */
    void close() {
        if (transaction != null && !transaction.isCompleted()) {
            try {
                transactions.rollback(transaction);
            } catch (TransactionException e) {
                // PostgreSQL has done so itself when the connection broke.
                LOG.error("PostgreSQL does not answer: {}", e.getMessage());
            }
        }
    }

    private static ProblemException unavailable(Exception e, String words) {
        LOG.error("PostgreSQL does not answer: {}", e.getMessage());
        return ProblemType.STORAGE_UNAVAILABLE.because(words).with(HttpHeaders.RETRY_AFTER, "5");
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

    private static Sha256 hash(ReplayableRequest request, byte[] body) {
        var all = Sha256.start();
        String query = request.getQueryString();
        all.update("%s %s?%s\n"
                .formatted(request.getMethod(), request.getRequestURI(), query == null ? "" : query)
                .getBytes(StandardCharsets.UTF_8));
        all.update(body);
        return Sha256.from(all);
    }
}
