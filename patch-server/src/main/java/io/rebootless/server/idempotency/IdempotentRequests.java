package io.rebootless.server.idempotency;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Begins the transactions of requests with an Idempotency-Key, as the last thing before their controllers: what is
 * refused by anything before has cost the database nothing.
 */
public final class IdempotentRequests implements HandlerInterceptor {
    private static final String ATTEMPT = Attempt.class.getName();

    static void announce(HttpServletRequest request, Attempt attempt) {
        request.setAttribute(ATTEMPT, attempt);
    }

    /** Whether the request is one; then its body can be read by those before the controller as well. */
    public static boolean contain(HttpServletRequest request) {
        return request.getAttribute(ATTEMPT) != null;
    }

    /** To be called where it is known that the controller will refuse the request, without the database. */
    public static void exclude(HttpServletRequest request) {
        request.removeAttribute(ATTEMPT);
    }

    static Optional<Attempt> attempt(HttpServletRequest request) {
        return request.getAttribute(ATTEMPT) instanceof Attempt attempt ? Optional.of(attempt) : Optional.empty();
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        var attempt = attempt(request);
        return attempt.isEmpty() || attempt.get().begin(response);
    }
}
