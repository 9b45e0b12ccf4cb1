package io.rebootless.server.problem;

import io.rebootless.wire.Problem;

/** What a bare HTTP status means when nobody has said more. */
final class StatusProblems {
    private StatusProblems() {}

    static Problem of(int status, String detail) {
        for (ProblemType type : ProblemType.values()) {
            if (type.status() == status && isGeneric(type)) {
                return type.problem(detail);
            }
        }
        var type = status >= 500 ? ProblemType.INTERNAL_ERROR : ProblemType.BAD_REQUEST;
        Problem generic = type.problem(detail);
        return new Problem(generic.type(), generic.title(), status, detail, null, null, null);
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
