package io.rebootless.wire;

import org.jspecify.annotations.Nullable;

/**
 * What the kernel itself says.
 *
 * @param moduleLoaded whether {@code /sys/kernel/rebootless} is there
 * @param sealed whether its trust is sealed
 * @param level the newest level handed over, 0 if none
 * @param floor levels below it are refused
 * @param patch the livepatch's module name
 * @param enabled {@code /sys/kernel/livepatch/PATCH/enabled}
 * @param transition {@code /sys/kernel/livepatch/PATCH/transition}: some task still runs the old code
 */
public record LivepatchState(
        boolean moduleLoaded,
        boolean sealed,
        long level,
        long floor,
        @Nullable String patch,
        boolean enabled,
        boolean transition) {
    public LivepatchState {
        Limits.range("level", level, 0, Long.MAX_VALUE);
        Limits.range("floor", floor, 0, Long.MAX_VALUE);
        Limits.optionalText("patch", patch, 55);
    }

    /** Without the kernel module nothing of ours is in force. */
    public static LivepatchState absent() {
        return new LivepatchState(false, false, 0, 0, null, false, false);
    }

    /** Whether the level is in force for every task: the only state that may be called protected. */
    public boolean inForce() {
        return level > 0 && enabled && !transition;
    }
}
