package io.rebootless.agent.preflight;

/**
 * The program that the kernel runs to load a livepatch; whoever may write to it may do anything.
 *
 * @param path where the module looks for it
 * @param state what is there
 * @param needed whether the module is here already, with which it comes
 */
record LoaderPresent(String path, State state, boolean needed) implements Check {
    /** Of the file. */
    enum State {
        GOOD,
        ABSENT,
        NOT_EXECUTABLE,
        /** By others than root. */
        WRITABLE
    }

    private static final String INSTALL = "apt install ./rebootless-module-common_*.deb";

    @Override
    public String name() {
        return "loader";
    }

    @Override
    public Finding judge() {
        return switch (state) {
            case GOOD -> ready(path);
            case ABSENT ->
                needed
                        ? blocked(path + " is not there: nothing can be loaded (ENOENT loader-missing)", INSTALL)
                        : attention(path + " is not there yet; it comes with the module", INSTALL);
            case NOT_EXECUTABLE -> blocked(path + " may not be executed (EACCES loader-failed)", "chmod 755 " + path);
            case WRITABLE ->
                blocked(
                        path + " belongs to, or may be written by, others than root: they could run anything as root",
                        "chown root:root %1$s && chmod 755 %1$s, and find out what is in it.".formatted(path));
        };
    }
}
