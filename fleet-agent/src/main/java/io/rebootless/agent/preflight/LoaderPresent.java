package io.rebootless.agent.preflight;

/**
 * The program that loads a livepatch; whoever may write to it may do anything.
 *
 * @param path where it is looked for
 * @param state what is there
 * @param needed whether nothing can be loaded as things are without it
 * @param install how it comes here
 */
record LoaderPresent(String path, State state, boolean needed, String install) implements Check {
    /** Of the file. */
    enum State {
        GOOD,
        ABSENT,
        NOT_EXECUTABLE,
        /** By others than root. */
        WRITABLE
    }

    static final String INSTALL = "apt install ./rebootless-module-common_*.deb";

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
                        ? blocked(path + " is not there: nothing can be loaded (ENOENT loader-missing)", install)
                        : attention(path + " is not there yet; it comes with the module", install);
            case NOT_EXECUTABLE -> blocked(path + " may not be executed (EACCES loader-failed)", "chmod 755 " + path);
            case WRITABLE ->
                blocked(
                        path + " belongs to, or may be written by, others than root: they could run anything as root",
                        "chown root:root %1$s && chmod 755 %1$s, and find out what is in it.".formatted(path));
        };
    }
}
