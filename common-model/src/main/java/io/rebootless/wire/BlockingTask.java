package io.rebootless.wire;

import org.jspecify.annotations.Nullable;

/**
 * A task that has not switched over: it holds a transition up.
 *
 * @param pid its number in the host's first PID namespace; of a thread its own, not its group's
 * @param name {@code /proc/PID/comm}
 * @param stack {@code /proc/PID/stack}, where the agent may read it: that takes CAP_SYS_ADMIN
 */
public record BlockingTask(int pid, String name, @Nullable String stack) {
    public static final int MAX_STACK = 4000;

    public BlockingTask {
        Limits.range("blocking.pid", pid, 1, Integer.MAX_VALUE);
        Limits.text("blocking.name", name, 64);
        Limits.optionalLines("blocking.stack", stack, MAX_STACK);
    }
}
