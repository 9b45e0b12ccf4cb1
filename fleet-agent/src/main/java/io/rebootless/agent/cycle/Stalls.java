package io.rebootless.agent.cycle;

import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.memory.Trial.Retreat;
import io.rebootless.wire.BlockingTask;
import io.rebootless.wire.Failure;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Words for transitions that do not end. */
final class Stalls {
    static final String STALLED = "transition-stalled";

    /** More names are in the report. */
    private static final int NAMED = 5;

    private Stalls() {}

    /** The way in: it is about to be turned round. */
    static Failure transition(String module, Duration deadline, List<BlockingTask> tasks) {
        return EventLog.failure(
                STALLED,
                "%s: after %d s %s still ran the old code; it is being reversed"
                        .formatted(module, deadline.toSeconds(), names(tasks)));
    }

    /** The way out, when somebody has said to turn it off. */
    static Failure withdrawal(String module, List<BlockingTask> tasks) {
        return EventLog.failure(
                STALLED,
                "%s is turned off, but %s still run its code, and go on until they end"
                        .formatted(module, names(tasks)));
    }

    /** The way back does not end either. */
    static Failure reversal(Retreat retreat, String module, List<BlockingTask> tasks) {
        return EventLog.failure(
                retreat.failure().name(),
                "%s. Its reversal stalls too: %s still run the code of %s, and go on until they end"
                        .formatted(retreat.failure().message(), names(tasks), module));
    }

    static String names(List<BlockingTask> tasks) {
        if (tasks.isEmpty()) {
            return "tasks that /proc does not name (see /proc/*/patch_state)";
        }
        String named = tasks.stream()
                .limit(NAMED)
                .map(task -> "%s (%d)".formatted(task.name(), task.pid()))
                .collect(Collectors.joining(", "));
        return tasks.size() > NAMED ? named + " and " + (tasks.size() - NAMED) + " more" : named;
    }
}
