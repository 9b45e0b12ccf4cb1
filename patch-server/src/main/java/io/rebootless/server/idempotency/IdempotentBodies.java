package io.rebootless.server.idempotency;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.servlet.HandlerInterceptor;

/** Waits for the body of a request that has an Idempotency-Key, which may take minutes, before anything is decided. */
final class IdempotentBodies implements HandlerInterceptor {
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        var attempt = IdempotentRequests.attempt(request);
        if (attempt.isPresent()) {
            attempt.get().await();
        }
        return true;
    }
}
