package io.rebootless.guest;

/** The guest is there but did not do in time what was expected of it. */
public final class GuestTimeout extends RuntimeException {
    GuestTimeout(String message) {
        super(message);
    }
}
