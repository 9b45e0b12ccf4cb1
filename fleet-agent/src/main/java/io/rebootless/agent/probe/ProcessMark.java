package io.rebootless.agent.probe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A variable in the environment that a process hands on to all that it starts. A process that has left its parent, its
 * group and its session is still found by it.
 */
final class ProcessMark {
    static final String VARIABLE = "REBOOTLESS_PROBE_RUN";

    /** Whoever is killed cannot start another, but another that was just started may. */
    private static final int SWEEPS = 5;

    private final Path proc;
    private final String value;

    ProcessMark(Path proc, UUID name) {
        this.proc = proc;
        this.value = name.toString();
    }

    String value() {
        return value;
    }

    /** Kills the process, what descends from it, and what bears the mark. */
    void end(ProcessHandle first) {
        for (int i = 0; i < SWEEPS; i++) {
            var found = new ArrayList<ProcessHandle>(first.descendants().toList());
            if (first.isAlive()) {
                found.add(first);
            }
            found.addAll(marked());
            if (found.isEmpty()) {
                return;
            }
            found.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private List<ProcessHandle> marked() {
        String entry = VARIABLE + "=" + value;
        return ProcessHandle.allProcesses()
                .filter(process -> bears(proc.resolve(Long.toString(process.pid())), entry))
                .toList();
    }

    /** Gone meanwhile, or somebody else's, whose environment is nobody's business: not ours. */
    private static boolean bears(Path process, String entry) {
        try {
            return Stream.of(new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.ISO_8859_1)
                            .split("\0", -1))
                    .anyMatch(entry::equals);
        } catch (IOException e) {
            return false;
        }
    }
}
