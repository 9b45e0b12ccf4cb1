package io.rebootless.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a host is told to run: the answer to {@code GET /api/v1/agent/directive}.
 *
 * @param version 1
 * @param generation from one sequence of the server's; an agent ignores a directive older than the newest it knows
 * @param order what to do
 * @param bundle with {@link Order#RUN} only
 * @param reason for people
 */
public record Directive(
        int version,
        long generation,
        Order order,
        @Nullable BundleReference bundle,
        @Nullable String reason) {

    /** An order can choose among signed levels, never bring new code. */
    public enum Order {
        /** Be at the level of the bundle named. */
        @JsonProperty("run")
        RUN,
        /** Be at no level: revert what is in force. */
        @JsonProperty("none")
        NONE,
        /** Stay as you are. */
        @JsonProperty("hold")
        HOLD
    }

    public Directive {
        Limits.range("version", version, 1, Integer.MAX_VALUE);
        Limits.range("generation", generation, 0, Long.MAX_VALUE);
        Objects.requireNonNull(order, "order");
        if ((order == Order.RUN) != (bundle != null)) {
            throw new IllegalArgumentException("the order run, and no other, names a bundle");
        }
        Limits.optionalLines("reason", reason, 1000);
    }
}
