package io.rebootless.guest;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A command that runs on in the guest by itself. */
public final class Job {
    private final Guest guest;
    private final String folder;
    private final long pid;

    private Job(Guest guest, String folder, long pid) {
        this.guest = guest;
        this.folder = folder;
        this.pid = pid;
    }

    static Job start(Guest guest, String script) {
        String folder = guest.sh("mkdir -p /run/jobs && mktemp -d /run/jobs/XXXXXX");
        guest.push(script.getBytes(StandardCharsets.UTF_8), folder + "/script");
        // The pid is the script's own, so that `exec` in it makes it the program's.
        String pid = guest.sh("""
                cd %s
                {
                    setsid sh -c 'cd / && exec sh "$0/script" </dev/null >"$0/log" 2>&1' "$PWD" &
                    echo $! >pid
                    wait $!
                    echo $? >status
                } >/dev/null 2>&1 &
                until [ -s pid ]; do usleep 10000; done
                cat pid""".formatted(folder));
        return new Job(guest, folder, Long.parseLong(pid));
    }

    /** The pid of the shell that runs the command, or of what it {@code exec}s. */
    public long pid() {
        return pid;
    }

    public boolean isRunning() {
        return guest.run("kill -0 " + pid).exit() == 0;
    }

    /** What it has written so far, both streams as one. */
    public String log() {
        return guest.sh("cat %s/log".formatted(folder));
    }

    /** Sends it a signal, such as {@code TERM}. */
    public void signal(String name) {
        guest.sh("kill -%s %d".formatted(name, pid));
    }

    /** Waits for its end and returns its exit status. */
    public int await(Duration timeout) {
        for (Deadline deadline = Deadline.in(timeout); ; Deadline.pause()) {
            Result status = guest.run("cat %s/status".formatted(folder));
            if (status.exit() == 0 && !status.out().isBlank()) {
                return Integer.parseInt(status.out().strip());
            }
            if (deadline.passed()) {
                throw new GuestTimeout("Job %d still runs after %s. It said:%n%s".formatted(pid, timeout, log()));
            }
        }
    }
}
