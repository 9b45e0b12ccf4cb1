package io.rebootless.guest;

/** What was expected of a guest has not happened. */
public class GuestFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    GuestFailed(String message) {
        super(message);
    }
}
