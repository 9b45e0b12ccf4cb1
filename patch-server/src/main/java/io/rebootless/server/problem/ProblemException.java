package io.rebootless.server.problem;

import io.rebootless.wire.Problem;
import java.util.Map;

/** Ends a request with a problem. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;
    private final transient Map<String, String> headers;

    /** Ends it with a problem that is whole already. */
    public ProblemException(Problem problem) {
        this(problem, Map.of());
    }

    private ProblemException(Problem problem, Map<String, String> headers) {
        super(problem.title() + ": " + problem.detail());
        this.problem = problem;
        this.headers = headers;
    }

    /** The same with one more header in the answer, such as Retry-After. */
    public ProblemException with(String header, String value) {
        var more = new java.util.TreeMap<>(headers);
        more.put(header, value);
        return new ProblemException(problem, more);
    }

    public Problem problem() {
        return problem;
    }

    public Map<String, String> headers() {
        return headers;
    }
}
