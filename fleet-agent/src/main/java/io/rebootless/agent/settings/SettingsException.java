package io.rebootless.agent.settings;

/** The settings cannot be followed; the message says which and what to write instead. */
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1;

    public SettingsException(String message) {
        super(message);
    }
}
