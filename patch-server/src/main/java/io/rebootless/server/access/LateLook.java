package io.rebootless.server.access;

import io.rebootless.server.access.KnownApiKeys.Known;
import io.rebootless.server.audit.Actor;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.core.Ordered;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Looks at an API key once more right before the controller: a request with an Idempotency-Key is read to its end before
 * that, and what it has begun then may be no entry's change, such as a scrub. Everything else {@link KeysInForce} decides.
 */
@Component
final class LateLook implements WebMvcConfigurer, HandlerInterceptor {
    private final KnownApiKeys keys;

    LateLook(KnownApiKeys keys) {
        this.keys = keys;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).order(Ordered.LOWEST_PRECEDENCE - 1);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        var authentication = SecurityContextHolder.getContext().getAuthentication();
        if (authentication != null
                && authentication.getPrincipal() instanceof Caller caller
                && caller.kind() == Actor.Kind.API_KEY
                && "POST".equals(request.getMethod())) {
            Known key = keys.find(caller.secret()).orElseThrow(KeysInForce::replaced);
            if (key.state() != KeyState.ACTIVE) {
                throw KeysInForce.ended(key.row().revokedAt, key.row().expiresAt);
            }
        }
        return true;
    }
}
