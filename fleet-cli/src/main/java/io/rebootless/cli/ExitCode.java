package io.rebootless.cli;

/** How the command ends. The larger ones are those of sysexits(3), out of the way of a gate's verdicts. */
public final class ExitCode {
    public static final int OK = 0;
    /** A verifier or the server said no; for a gate, some host is not protected. */
    public static final int REFUSED = 1;
    /** For a gate only. */
    public static final int CANNOT_TELL = 2;

    public static final int USAGE = 64;
    public static final int NO_INPUT = 66;
    public static final int UNAVAILABLE = 69;

    private ExitCode() {}
}
