package io.rebootless.cli.patch;

/** A bundle has not been seen to work; the message says what was seen instead. */
final class TrialFailed extends Exception {
    private static final long serialVersionUID = 1;

    TrialFailed(String message) {
        super(message);
    }
}
