package io.rebootless.bench.agent;

import io.rebootless.guest.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Debian's puppet-agent as a daemon that has no master: the yardstick. It does nothing but try again every two minutes. */
final class PuppetAgent implements AutoCloseable {
    private final Optional<Process> process;
    private final List<Usage> usages = new ArrayList<>();

    private PuppetAgent(Optional<Process> process) {
        this.process = process;
    }

    /** Starts it in the folder of a Debian that has it; without one there is no yardstick. */
    static PuppetAgent start(String root) throws IOException {
        if (root.isEmpty()) {
            return new PuppetAgent(Optional.empty());
        }
        var builder = new ProcessBuilder(
                        "chroot",
                        root,
                        "/usr/bin/puppet",
                        "agent",
                        "--no-daemonize",
                        "--server",
                        "127.0.0.1",
                        "--waitforcert",
                        "120")
                .redirectErrorStream(true)
                .redirectOutput(Path.of(root).resolveSibling("puppet.log").toFile());
        return new PuppetAgent(Optional.of(ChildProcess.start("KILL", builder)));
    }

    void look() throws IOException {
        if (process.isPresent() && process.get().isAlive()) {
            usages.add(Usage.of(process.get().pid()));
        }
    }

    /** Before and after the idle stretch. */
    List<Usage> usages() {
        return List.copyOf(usages);
    }

    @Override
    public void close() {
        process.ifPresent(Process::destroyForcibly);
    }
}
