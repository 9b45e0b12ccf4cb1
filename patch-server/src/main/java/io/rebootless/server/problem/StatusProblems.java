package io.rebootless.server.problem;

import io.rebootless.wire.Problem;

/**
 * What a bare HTTP status means when nobody has said more. A status without a type of its own becomes one that has: each
 * type is always answered with the statuses that docs/problems.md gives it.
 */
final class StatusProblems {
    private StatusProblems() {}

    static Problem of(int status, String detail) {
        for (ProblemType type : ProblemType.values()) {
            if (type.status() == status && isGeneric(type)) {
                return type.problem(detail);
            }
        }
        return switch (status) {
            // Tomcat's words for a method, and a version of HTTP, that it does not know.
            case 501 -> ProblemType.METHOD_NOT_ALLOWED.problem(detail);
            case 505 -> ProblemType.BAD_REQUEST.problem(detail);
            default -> (status >= 500 ? ProblemType.INTERNAL_ERROR : ProblemType.BAD_REQUEST).problem(detail);
        };
    }

    /** Whether the type says no more than its status. */
    private static boolean isGeneric(ProblemType type) {
        return switch (type) {
            case BAD_REQUEST,
                    UNAUTHENTICATED,
                    FORBIDDEN,
                    NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    NOT_ACCEPTABLE,
                    TOO_SLOW,
                    TOO_LARGE,
                    URI_TOO_LONG,
                    UNSUPPORTED_MEDIA_TYPE,
                    RANGE_NOT_SATISFIABLE,
                    INTERNAL_ERROR,
                    STORAGE_UNAVAILABLE -> true;
            default -> false;
        };
    }
}
