package io.rebootless.server.problem;

import io.rebootless.wire.Problem;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes problems where Spring MVC does not: filters, security, the servlet container. */
@Component
public final class ProblemWriter {
    static final String MEDIA_TYPE = "application/problem+json";

    private final JsonMapper json;

    ProblemWriter(JsonMapper json) {
        this.json = json;
    }

    /** With the headers that belong to it. */
    public void write(HttpServletResponse response, ProblemException problem) throws IOException {
        problem.headers().forEach(response::setHeader);
        write(response, problem.problem());
    }

    public void write(HttpServletResponse response, Problem problem) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        byte[] body = json.writeValueAsBytes(problem);
        response.resetBuffer();
        response.setStatus(problem.status());
        response.setContentType(MEDIA_TYPE);
        response.setContentLength(body.length);
        response.setHeader("Cache-Control", "no-store");
        response.getOutputStream().write(body);
    }
}
