package io.rebootless.server.log;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives each request an id, its client's or a new one, which is in every line logged on its behalf and in the answer; and
 * logs those requests that may change something, refused ones included. Polls for directives do not come by here: there
 * are too many of them. Nothing of a request's query, headers or body is logged: secrets travel there.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
public final class RequestLog extends OncePerRequestFilter {
    /** The request's id among the logger's context. */
    public static final String ID = "request";
    /** Who has made the request, among the logger's context: {@code api_key:} or {@code host:}, and the id. */
    public static final String CALLER = "caller";

    private static final Logger LOG = LoggerFactory.getLogger(RequestLog.class);
    private static final String HEADER = "X-Request-Id";
    private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private static final int MAX_PATH = 200;

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String id = id(request.getHeader(HEADER));
        long start = System.nanoTime();
        boolean answered = false;
        MDC.put(ID, id);
        response.setHeader(HEADER, id);
        try {
            chain.doFilter(request, response);
            answered = true;
        } finally {
            if (!READING.contains(request.getMethod())) {
                LOG.info(
                        "{} {} {} by {} from {} in {} ms",
                        word(request.getMethod()),
                        word(request.getRequestURI()),
                        answered ? response.getStatus() : 500,
                        MDC.get(CALLER) == null ? "nobody known" : MDC.get(CALLER),
                        request.getRemoteAddr(),
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
            }
            MDC.remove(CALLER);
            MDC.remove(ID);
        }
    }

    /** The client's own id where it fits into a line of a log, else a new one. */
    static String id(@Nullable String given) {
        return given != null
                        && SANE.matcher(given).matches()
                        && Masked.secrets(given).equals(given)
                ? given
                : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    /**
     * What a client has written, decoded, so that it stays one short word of one line, gives no secret away, and is never
     * like what the server itself writes: a head of the audit log has a colon.
     */
    static String word(String text) {
        String clean = Masked.secrets(Masked.decoded(text)).replaceAll("[^\\x21-\\x7e]|:", "?");
        return clean.length() <= MAX_PATH ? clean : clean.substring(0, MAX_PATH) + "…";
    }
}
