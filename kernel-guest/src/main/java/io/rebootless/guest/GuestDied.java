package io.rebootless.guest;

/** The guest ended, by a panic, a reboot or its own power switch, while something was expected of it. */
public final class GuestDied extends GuestFailed {
    private final boolean panicked;

    GuestDied(String message, boolean panicked) {
        super(message);
        this.panicked = panicked;
    }

    /** Whether its kernel panicked. */
    public boolean panicked() {
        return panicked;
    }
}
