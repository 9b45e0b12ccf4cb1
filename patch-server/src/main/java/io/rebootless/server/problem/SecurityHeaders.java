package io.rebootless.server.problem;

import jakarta.servlet.http.HttpServletResponse;

/**
 * What every answer tells a browser, should one ever look at it: that there is nothing to run, to frame or to guess.
 * Set before anybody answers, so that the fast path, errors and what Tomcat rejects itself have them too.
 */
public final class SecurityHeaders {
    private static final String CONTENT_SECURITY_POLICY = "Content-Security-Policy";

    /** One year. Not for subdomains: those are not this server's. */
    private static final String STRICT_TRANSPORT = "max-age=31536000";

    private SecurityHeaders() {}

    /**
     * Sets them.
     *
     * @param https by this server itself: what a proxy in front of it promises is the proxy's to say
     */
    static void set(HttpServletResponse response, boolean https) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        response.setHeader(CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
        if (https) {
            response.setHeader("Strict-Transport-Security", STRICT_TRANSPORT);
        }
    }

    /** For the one page that is meant for browsers: says what that may load, in place of nothing. */
    public static void contentPolicy(HttpServletResponse response, String policy) {
        response.setHeader(CONTENT_SECURITY_POLICY, policy);
    }
}
