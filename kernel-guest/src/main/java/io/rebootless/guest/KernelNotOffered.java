package io.rebootless.guest;

/** The mirror does not hold the kernel asked for: a reason to skip a test by name, not to fail it. */
public final class KernelNotOffered extends RuntimeException {
    KernelNotOffered(String message) {
        super(message);
    }
}
