package io.rebootless.cli;

/** A command cannot do what it was asked to; the message says why and what to do, in a sentence or two. */
public class CommandFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    /** A failure that ends the command with one of {@link ExitCode}'s values. */
    public CommandFailed(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
