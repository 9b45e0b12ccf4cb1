package io.rebootless.guest;

import java.time.Duration;

/** A moment by which something must have happened. */
record Deadline(long nanos, Duration allowed) {
    private static final long PAUSE_MILLIS = 20;

    static Deadline in(Duration allowed) {
        return new Deadline(System.nanoTime() + allowed.toNanos(), allowed);
    }

    boolean passed() {
        return nanos - System.nanoTime() <= 0;
    }

    long millisLeft() {
        return Math.max(0, (nanos - System.nanoTime()) / 1_000_000);
    }

    /** Waits a moment before one looks again. */
    static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    static IllegalStateException interrupted() {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while waiting for a guest");
    }
}
