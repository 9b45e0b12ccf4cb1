package io.rebootless.server.settings;

/** The server cannot start as it is configured. Shown to the operator without a stack trace. */
public final class BadSettingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String remedy;

    /**
     * Names what is wrong and what to do.
     *
     * @param problem begins with the setting's name or the file's path
     * @param remedy one sentence
     */
    public BadSettingException(String problem, String remedy) {
        super(problem);
        this.remedy = remedy;
    }

    public BadSettingException(String problem, String remedy, Throwable cause) {
        super(problem, cause);
        this.remedy = remedy;
    }

    public String remedy() {
        return remedy;
    }
}
