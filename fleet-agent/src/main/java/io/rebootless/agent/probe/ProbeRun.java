package io.rebootless.agent.probe;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** One program, run once: it passes by exiting with 0 in time. Nothing that it has started outlives it. */
final class ProbeRun {
    /** So much of what it says is kept, from the end: the last line is what counts. */
    private static final int TAIL = 4096;

    /** What is in its pipe when it has ended is read in no time, unless a child of its own keeps the pipe open. */
    private static final long DRAIN_MILLIS = 1000;

    /** Exit codes by a signal: 128 and its number, SIGINT's or SIGTERM's. */
    private static final Set<Integer> ENDED_FROM_OUTSIDE = Set.of(130, 143);

    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Path program;
    private final Map<String, String> environment;
    private final Duration timeout;
    private final Path proc;

    ProbeRun(Path program, Map<String, String> environment, Duration timeout, Path proc) {
        this.program = program;
        this.environment = environment;
        this.timeout = timeout;
        this.proc = proc;
    }

    /**
     * How it went.
     *
     * @param wrong to follow the probe's name; empty if it has passed
     * @param endedFromOutside whether it was told to stop
     */
    private record Outcome(Optional<String> wrong, boolean endedFromOutside) {
        static Outcome failed(String words) {
            return new Outcome(Optional.of(words), false);
        }
    }

    /**
     * What is wrong, to follow the probe's name; empty if it passes. Whoever ends an agent may end its probe too, and a
     * moment sooner: that is nothing said of the bundle, so it is asked once more.
     */
    Optional<String> failure() throws InterruptedException {
        var first = run();
        return first.endedFromOutside() ? run().wrong() : first.wrong();
    }

    private Outcome run() throws InterruptedException {
        var mark = new ProcessMark(proc, UUID.randomUUID());
        var builder = new ProcessBuilder(program.toString())
                .directory(new File("/"))
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"));
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", PATH, "LANG", "C.UTF-8", "HOME", "/"));
        builder.environment().putAll(environment);
        builder.environment().put(ProcessMark.VARIABLE, mark.value());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return Outcome.failed("cannot be run: " + e.getMessage());
        }
        try {
            return watch(process, mark);
        } finally {
            mark.end(process.toHandle());
        }
    }

    private Outcome watch(Process process, ProcessMark mark) throws InterruptedException {
        var said = new Tail(process.getInputStream());
        said.start();
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            // Before it is killed: a shell whose child goes first says so, and that is not the probe's own word.
            String last = said.lastLineSoFar();
            mark.end(process.toHandle());
            return Outcome.failed(
                    "was still running after %d s and was killed: %s".formatted(timeout.toSeconds(), last));
        }
        int exit = process.exitValue();
        return exit == 0
                ? new Outcome(Optional.empty(), false)
                : new Outcome(
                        Optional.of("exited with %d: %s".formatted(exit, said.lastLine())),
                        ENDED_FROM_OUTSIDE.contains(exit));
    }

    /** Reads all of it, so that no full pipe stops the probe, and keeps the end. */
    private static final class Tail extends Thread {
        private final InputStream source;
        private final byte[] kept = new byte[TAIL];
        private int size;

        private Tail(InputStream source) {
            super("probe-output");
            setDaemon(true);
            this.source = source;
        }

        @Override
        public void run() {
            byte[] chunk = new byte[TAIL];
            try {
                for (int read; (read = source.read(chunk)) > 0; ) {
                    keep(chunk, read);
                }
            } catch (IOException closed) {
                // the probe has been killed
            }
        }

        private synchronized void keep(byte[] chunk, int read) {
            int stays = Math.min(size, TAIL - read);
            System.arraycopy(kept, size - stays, kept, 0, stays);
            System.arraycopy(chunk, 0, kept, stays, read);
            size = stays + read;
        }

        private String lastLine() throws InterruptedException {
            join(DRAIN_MILLIS);
            return lastLineSoFar();
        }

        private synchronized String lastLineSoFar() {
            return new String(kept, 0, size, StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .reduce((earlier, later) -> later)
                    .orElse("it said nothing");
        }
    }
}
