package io.rebootless.server.delivery;

import io.rebootless.server.delivery.PreparedDirectives.Prepared;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The two answers to a poll that is in order. */
final class DirectiveAnswer {
    private DirectiveAnswer() {}

    static void found(HttpServletResponse response, Prepared directive) throws IOException {
        common(response, directive.etag());
        response.setContentType("application/json");
        response.setContentLength(directive.length());
        directive.writeTo(response.getOutputStream());
    }

    static void unchanged(HttpServletResponse response, String etag) {
        common(response, etag);
        response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
    }

    private static void common(HttpServletResponse response, String etag) {
        response.setHeader("ETag", etag);
        response.setHeader("Cache-Control", "private, no-cache");
    }
}
