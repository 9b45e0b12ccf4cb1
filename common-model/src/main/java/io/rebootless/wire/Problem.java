package io.rebootless.wire;

import org.jspecify.annotations.Nullable;

/**
 * Why a request was refused (RFC 9457).
 *
 * @param type a stable URI whose last part is the refusal's name, such as {@code urn:rebootless:problem:below-floor}
 * @param title the kind of problem
 * @param status the HTTP status
 * @param detail what happened, in one sentence
 * @param expected what would have been accepted
 * @param found what was there instead
 * @param remedy what to do
 */
public record Problem(
        String type,
        String title,
        int status,
        @Nullable String detail,
        @Nullable String expected,
        @Nullable String found,
        @Nullable String remedy) {
    public static final String TYPE_PREFIX = "urn:rebootless:problem:";

    /** The refusal's name. */
    public String name() {
        return type.startsWith(TYPE_PREFIX) ? type.substring(TYPE_PREFIX.length()) : type;
    }
}
