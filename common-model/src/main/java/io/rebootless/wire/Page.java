package io.rebootless.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param items at most as many as asked for
 * @param next to be given back as {@code cursor} for the next part; absent at the end
 */
public record Page<T>(List<T> items, @Nullable String next) {}
