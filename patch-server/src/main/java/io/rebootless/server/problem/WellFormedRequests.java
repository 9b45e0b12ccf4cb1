package io.rebootless.server.problem;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses what Tomcat and Spring would only notice deep in the middle of something else, and call a failure of the
 * server's: parameters that cannot be decoded, and content types that are none. And gives an error that comes without a
 * word, such as the health endpoint's 404, the form of all others.
 */
@Component
final class WellFormedRequests extends OncePerRequestFilter {
    private static final int ERROR = 400;

    private final ProblemWriter problems;

    WellFormedRequests(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!isOneType(request.getContentType())) {
            problems.write(
                    response,
                    ProblemType.BAD_REQUEST.problem(
                            "Content-Type is malformed, or a wildcard: a body is of one type."));
            return;
        }
        try {
            // Tomcat decodes them all at the first question for one.
            request.getParameterMap();
        } catch (InvalidParameterException e) {
            problems.write(
                    response,
                    ProblemType.BAD_PARAMETER.problem("The parameters are not UTF-8, percent-encoded, with names."));
            return;
        }
        chain.doFilter(request, response);
        if (response.getStatus() >= ERROR && response.getContentType() == null && !request.isAsyncStarted()) {
            problems.write(response, StatusProblems.of(response.getStatus(), "There is no more to say about it."));
        }
    }

    private static boolean isOneType(@Nullable String contentType) {
        try {
            return contentType == null || MediaType.parseMediaType(contentType).isConcrete();
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }
}
