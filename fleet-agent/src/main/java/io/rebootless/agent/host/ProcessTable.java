package io.rebootless.agent.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Processes, as {@code /proc} shows them. */
public final class ProcessTable {
    /** Counted from the state, which follows the command's name in brackets. */
    private static final int START_TICKS = 19;

    private final Path proc;

    public ProcessTable(Path proc) {
        this.proc = proc;
    }

    /** When a process was started, in ticks since boot; no pid has the same twice. Absent if there is none to see. */
    public Optional<Long> startTicks(long pid) {
        try {
            String stat = Files.readString(proc.resolve(Long.toString(pid)).resolve("stat"));
            // The name may hold anything, brackets and blanks too.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split("\\s+", -1);
            return Optional.of(Long.parseLong(fields[START_TICKS]));
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException none) {
            return Optional.empty();
        }
    }

    /** Whether others' processes can be seen at all: not where {@code /proc} is mounted with {@code hidepid}. */
    public boolean showsOthers() {
        return startTicks(1).isPresent();
    }
}
