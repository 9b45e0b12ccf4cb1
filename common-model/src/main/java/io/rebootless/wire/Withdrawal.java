package io.rebootless.wire;

import java.time.Instant;

/**
 * That a bundle was taken back, for good.
 *
 * @param at when
 * @param by the name of the API key that did it
 * @param reason for people
 */
public record Withdrawal(Instant at, String by, String reason) {}
