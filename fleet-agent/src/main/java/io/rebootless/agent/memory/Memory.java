package io.rebootless.agent.memory;

import io.rebootless.kernel.BuildId;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that survives a restart of the agent, but for the journal, the hold, the token and the bundles.
 *
 * @param version 1
 * @param orders what the server said
 * @param standing where the agent stands
 * @param progress how far it is with the kernel
 * @param reporting what the server was told
 * @param floors by build-id: a reboot makes the kernel forget them
 */
public record Memory(
        int version,
        Orders orders,
        Standing standing,
        Progress progress,
        Reporting reporting,
        Map<String, Long> floors) {
    public static final int VERSION = 1;

    public static final Memory EMPTY =
            new Memory(VERSION, Orders.NONE, Standing.IDLE, Progress.NONE, Reporting.NONE, Map.of());

    public Memory {
        floors = Map.copyOf(floors);
    }

    public long floor(BuildId kernel) {
        return floors.getOrDefault(kernel.hex(), 0L);
    }

    public Memory with(Orders changed) {
        return new Memory(version, changed, standing, progress, reporting, floors);
    }

    /** A new standing is news to the server. */
    public Memory with(Standing changed) {
        return changed.equals(standing)
                ? this
                : new Memory(version, orders, changed, progress, reporting.asDue(), floors);
    }

    public Memory with(Progress changed) {
        return new Memory(version, orders, standing, changed, reporting, floors);
    }

    public Memory with(Reporting changed) {
        return new Memory(version, orders, standing, progress, changed, floors);
    }

    /** A floor is only ever raised. */
    public Memory withFloor(BuildId kernel, long floor) {
        if (floor <= floor(kernel)) {
            return this;
        }
        var raised = new TreeMap<>(floors);
        raised.put(kernel.hex(), floor);
        return new Memory(version, orders, standing, progress, reporting, raised);
    }

    /** After joining another server: its orders and numbers are its own; what the kernel runs is not. */
    public Memory enrolledAnew() {
        return new Memory(VERSION, Orders.NONE, standing, progress, Reporting.NONE, floors);
    }
}
