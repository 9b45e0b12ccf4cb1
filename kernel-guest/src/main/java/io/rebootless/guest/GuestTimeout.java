package io.rebootless.guest;

/** The guest is there but did not do in time what was expected of it. */
public final class GuestTimeout extends GuestFailed {
    GuestTimeout(String message) {
        super(message);
    }
}
