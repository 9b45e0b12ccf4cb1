package io.rebootless.server.problem;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what one request may ask of the server before anybody has looked into it: the length of its URI, and the time
 * that its body takes. Only so many requests with a body are under way at once, so that dripping clients never have all
 * threads: polls, which have none, are answered meanwhile.
 */
final class RequestLimits extends HttpFilter {
    static final int MAX_URI_CHARS = 4096;

    /** Two fifths of the threads that Tomcat has. */
    static final int MAX_BODIES = 200;

    /** A request's attribute: to be run when what is left of its body was read. */
    static final String BODY = RequestLimits.class.getName() + ".body";

    private static final long serialVersionUID = 1;

    private final transient ProblemWriter problems;
    private final transient Semaphore bodies = new Semaphore(MAX_BODIES);
    private final transient BodyPace pace;

    RequestLimits(ProblemWriter problems, BodyPace pace) {
        this.problems = problems;
        this.pace = pace;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String query = request.getQueryString();
        int length = request.getRequestURI().length() + (query == null ? 0 : 1 + query.length());
        if (length > MAX_URI_CHARS) {
            problems.write(
                    response,
                    ProblemType.URI_TOO_LONG.problem(
                            "The URI is too long.",
                            "at most %d characters".formatted(MAX_URI_CHARS),
                            "%d characters".formatted(length),
                            "Ask with fewer or shorter parameters."));
            return;
        }
        if (!hasBody(request)) {
            chain.doFilter(request, response);
            return;
        }
        if (!bodies.tryAcquire()) {
            response.setHeader("Retry-After", "1");
            response.setHeader("Connection", "close");
            problems.write(response, ProblemType.TOO_MANY_BODIES.problem("The server reads as many bodies as it can."));
            return;
        }
        request.setAttribute(BODY, (Runnable) bodies::release);
        chain.doFilter(new Paced(request), response);
    }

    private static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    }

    private final class Paced extends HttpServletRequestWrapper {
        private @Nullable ServletInputStream body;

        Paced(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (body == null) {
                body = new PacedStream(super.getInputStream());
            }
            return body;
        }
    }

    private final class PacedStream extends ServletInputStream {
        private final ServletInputStream in;
        private final long began = System.nanoTime();
        private long bytes;

        PacedStream(ServletInputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read;
            try {
                read = in.read(buffer, offset, length);
            } catch (IOException e) {
                if (e instanceof SocketTimeoutException || e.getCause() instanceof SocketTimeoutException) {
                    throw tooSlow();
                }
                throw e;
            }
            bytes += Math.max(read, 0);
            if (read >= 0 && pace.tooSlow(bytes, Duration.ofNanos(System.nanoTime() - began))) {
                throw tooSlow();
            }
            return read;
        }

        private ProblemException tooSlow() {
            return ProblemType.TOO_SLOW
                    .because("The body stopped after %d bytes, or came too slowly.".formatted(bytes))
                    .with("Connection", "close");
        }

        @Override
        public boolean isFinished() {
            return in.isFinished();
        }

        @Override
        public boolean isReady() {
            return in.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            in.setReadListener(listener);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
