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

    /** Half of the threads that Tomcat has. */
    static final int MAX_BODIES = 200;

    /** A request's attribute: what is left of its body is not waited for. */
    static final String CLOSE = RequestLimits.class.getName() + ".close";

    /** More than any bundle has. */
    private static final long MAX_SKIPPED = 32 * 1024 * 1024;

    private static final long serialVersionUID = 1;

    private final transient ProblemWriter problems;
    private final transient Semaphore bodies = new Semaphore(MAX_BODIES);
    private final transient BodyPace pace;
    private final transient BodyPace refusedPace;

    RequestLimits(ProblemWriter problems, BodyPace pace, BodyPace refusedPace) {
        this.problems = problems;
        this.pace = pace;
        this.refusedPace = refusedPace;
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
        var paced = new Paced(request);
        try {
            chain.doFilter(paced, response);
            if (!request.isAsyncStarted() && !readToItsEnd(paced, response)) {
                request.setAttribute(CLOSE, true);
            }
        } finally {
            bodies.release();
        }
    }

    /**
     * Whoever is refused in the middle of an upload gets to read why only if the rest is read, too; for a while, and not
     * from a client that drips.
     */
    private boolean readToItsEnd(Paced request, HttpServletResponse response) throws IOException {
        PacedStream rest = request.stream();
        if (rest.isFinished()) {
            return true;
        }
        response.flushBuffer();
        rest.hurry(refusedPace);
        try {
            return rest.skip(MAX_SKIPPED) < MAX_SKIPPED && rest.read() < 0;
        } catch (ProblemException slow) {
            return false;
        }
    }

    private static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    }

    private final class Paced extends HttpServletRequestWrapper {
        private @Nullable PacedStream body;

        Paced(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return stream();
        }

        PacedStream stream() throws IOException {
            if (body == null) {
                body = new PacedStream(super.getInputStream());
            }
            return body;
        }
    }

    private final class PacedStream extends ServletInputStream {
        private final ServletInputStream in;
        private long began = System.nanoTime();
        private long bytes;
        private BodyPace asked = pace;
        private boolean stopped;

        PacedStream(ServletInputStream in) {
            this.in = in;
        }

        /** From now on. */
        void hurry(BodyPace faster) {
            began = System.nanoTime();
            bytes = 0;
            asked = faster;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (stopped) {
                throw tooSlow();
            }
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
            if (read >= 0 && asked.tooSlow(bytes, Duration.ofNanos(System.nanoTime() - began))) {
                throw tooSlow();
            }
            return read;
        }

        private ProblemException tooSlow() {
            stopped = true;
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

        /** Whoever has read enough of it leaves the rest to {@link #readToItsEnd}. */
        @Override
        public void close() {}
    }
}
