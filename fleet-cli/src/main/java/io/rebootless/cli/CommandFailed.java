package io.rebootless.cli;

import java.util.function.Supplier;

/** A command cannot do what it was asked to; the message says why and what to do, in a sentence or two. */
public class CommandFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    /** A failure that ends the command with one of {@link ExitCode}'s values. */
    public CommandFailed(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** What is made of what stands on the command line; if it cannot be made of that, the command line is wrong. */
    public static <T> T ifUnfit(Supplier<T> making) {
        try {
            return making.get();
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    public int exitCode() {
        return exitCode;
    }
}
