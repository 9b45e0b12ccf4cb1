package io.rebootless.server.archive;

/** An archive cannot be written or taken. Shown to the operator without a stack trace; nothing was changed. */
final class ArchiveException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ArchiveException(String problem) {
        super(problem);
    }

    ArchiveException(String problem, Throwable cause) {
        super(problem, cause);
    }
}
