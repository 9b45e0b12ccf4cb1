package io.rebootless.agent.host;

import io.rebootless.agent.durable.Listing;
import io.rebootless.agent.log.EventLog;
import io.rebootless.wire.AgentReport;
import io.rebootless.wire.BlockingTask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who has not switched over yet: {@code /proc/PID/task/TID/patch_state}, which a kernel with livepatches has. */
public final class LaggingTasks {
    /** They do not switch over before they sleep elsewhere, leave the kernel or end. */
    private static final String UNPATCHED = "0";

    private static final String PATCHED = "1";
    private static final int MAX_NAME = 64;

    private LaggingTasks() {}

    /**
     * The tasks that hold a transition up, at most {@link AgentReport#MAX_BLOCKING}.
     *
     * @param out whether the livepatch is on its way out, so that those lag which still run its code
     */
    public static List<BlockingTask> read(Path proc, boolean out) throws IOException {
        String lagging = out ? PATCHED : UNPATCHED;
        var found = new ArrayList<BlockingTask>();
        for (Path process : Listing.of(proc, "[1-9]*")) {
            threads(process, lagging, found);
            if (found.size() >= AgentReport.MAX_BLOCKING) {
                break;
            }
        }
        return List.copyOf(found);
    }

    private static void threads(Path process, String lagging, List<BlockingTask> found) {
        try {
            for (Path thread : Listing.of(process.resolve("task"))) {
                if (found.size() < AgentReport.MAX_BLOCKING
                        && text(thread.resolve("patch_state"))
                                .filter(lagging::equals)
                                .isPresent()) {
                    found.add(task(thread));
                }
            }
        } catch (IOException gone) {
            // it has ended: nobody waits for it any more
        }
    }

    private static BlockingTask task(Path thread) {
        String name = EventLog.oneLine(text(thread.resolve("comm")).orElse(""));
        String stack = text(thread.resolve("stack")).map(LaggingTasks::lines).orElse("");
        return new BlockingTask(
                Integer.parseInt(String.valueOf(thread.getFileName())),
                name.substring(0, Math.min(name.length(), MAX_NAME)),
                stack.isBlank() ? null : stack);
    }

    /** As a report takes it. */
    private static String lines(String stack) {
        String clean = stack.replaceAll("[^\\n\\x20-\\x7e]", " ");
        return clean.substring(0, Math.min(clean.length(), BlockingTask.MAX_STACK))
                .strip();
    }

    /** Nothing if the task has gone, or if it may not be read. */
    private static Optional<String> text(Path file) {
        try {
            return Optional.of(
                    Files.readString(file, StandardCharsets.ISO_8859_1).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
