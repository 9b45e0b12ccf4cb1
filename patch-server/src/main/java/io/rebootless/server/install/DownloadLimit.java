package io.rebootless.server.install;

import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * Lets only so many downloads that need no key be under way at once: a client that takes its bytes slowly holds a thread
 * until it has them all, and strangers must never have all threads. Not by address: a fleet behind one is installed at
 * once, and its hosts wait for each other. What fits into a connection's buffers holds nobody up.
 */
final class DownloadLimit extends HttpFilter {
    /** A fifth of the threads that Tomcat has. */
    static final int MAX_DOWNLOADS = 100;

    private static final Set<String> SMALL = Set.of("/install/agent.sh", "/install/SHA256SUMS");

    private static final long serialVersionUID = 1;

    private final transient ProblemWriter problems;
    /** What is left of them. */
    final transient Semaphore downloads = new Semaphore(MAX_DOWNLOADS);

    DownloadLimit(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (SMALL.contains(request.getRequestURI())) {
            chain.doFilter(request, response);
            return;
        }
        if (!downloads.tryAcquire()) {
            response.setHeader("Retry-After", "5");
            problems.write(
                    response, ProblemType.TOO_MANY_DOWNLOADS.problem("The server hands out as many files as it can."));
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            downloads.release();
        }
    }
}
