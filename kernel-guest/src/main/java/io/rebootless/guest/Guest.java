package io.rebootless.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A running guest, from switch-on to switch-off.
 *
 * <p>Commands are shell scripts run by root, up to four at a time; each has a time limit, after which the guest kills it
 * together with its children. The guest reaches this machine's loopback addresses as 10.0.2.2 ({@code host}).
 *
 * <p>Whatever is asked of a guest that has ended throws {@link GuestDied} with the last lines of its console.
 */
public final class Guest implements AutoCloseable {
    private static final Duration COMMAND = Duration.ofMinutes(3);
    private static final Duration TRANSFER = Duration.ofMinutes(3);
    private static final Duration END = Duration.ofMinutes(3);
    /** What a busy machine may need beyond a command's own limit for the way there and back. */
    private static final Duration GRACE = Duration.ofMinutes(3);
    /** QEMU's sockets close before its process ends. */
    private static final Duration LAST_BREATH = Duration.ofSeconds(10);

    private static final int KILLED = 137;
    private static final byte[] NOTHING = {};

    private final Machine machine;
    private final Path folder;
    private final Console console;
    private final Qemu qemu;
    private final BlockingQueue<Channel> channels;

    private Guest(Machine machine, Path folder, Qemu qemu) {
        this.machine = machine;
        this.folder = folder;
        this.qemu = qemu;
        console = new Console(folder.resolve("console"));
        channels = new LinkedBlockingQueue<>(qemu.channels());
    }

    static Guest boot(Machine machine, Duration timeout) {
        try {
            Path folder = Files.createTempDirectory("guest");
            try {
                Qemu qemu = Qemu.start(machine, folder, Deadline.in(timeout));
                Guest guest = new Guest(machine, folder, qemu);
                guest.awaitBoot(timeout);
                // QEMU has handed them over; a test with several guests need not keep them all on disk.
                qemu.deleteArchives();
                return guest;
            } catch (IOException | RuntimeException e) {
                delete(folder);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitBoot(Duration timeout) {
        try {
            run("true", NOTHING, timeout);
        } catch (RuntimeException e) {
            String tail = console.tail();
            qemu.kill();
            throw e instanceof GuestDied
                    ? e
                    : new GuestTimeout("The guest did not boot within %s. Its console:%n%s".formatted(timeout, tail));
        }
    }

    /** Runs a command, whatever its exit status; it has a minute. */
    public Result run(String script) {
        return run(script, COMMAND);
    }

    public Result run(String script, Duration limit) {
        return run(script, NOTHING, limit);
    }

    /**
     * Runs a command.
     *
     * @param input its standard input
     * @param limit in full seconds, after which it is killed
     * @throws GuestTimeout when it was killed for that
     */
    public Result run(String script, byte[] input, Duration limit) {
        Deadline deadline = Deadline.in(limit.plus(GRACE));
        Channel channel = takeChannel(deadline);
        Deadline patience = Deadline.in(limit);
        Result result;
        try {
            result = channel.exchange(script.getBytes(StandardCharsets.UTF_8), input, limit, deadline);
        } catch (IOException e) {
            // Nothing but the end of the machine ends a channel.
            throw died(script);
        } catch (GuestTimeout e) {
            // A late answer would be taken for the next command's, so this channel is never used again.
            throw new GuestTimeout("`%s`: %s. Its console:%n%s".formatted(script, e.getMessage(), console.tail()));
        }
        channels.add(channel);
        if (result.exit() == KILLED && patience.passed()) {
            throw new GuestTimeout("`%s` did not end within %s%n%s".formatted(script, limit, result));
        }
        return result;
    }

    private Channel takeChannel(Deadline deadline) {
        try {
            Channel channel = channels.poll(deadline.millisLeft(), TimeUnit.MILLISECONDS);
            if (channel == null) {
                throw new GuestTimeout("All channels to the guest were busy for " + deadline.allowed());
            }
            return channel;
        } catch (InterruptedException e) {
            throw Deadline.interrupted();
        }
    }

    /** Runs a command that must succeed; returns its standard output without the last line's end. */
    public String sh(String script) {
        return sh(script, COMMAND);
    }

    public String sh(String script, Duration limit) {
        Result result = run(script, limit);
        if (result.exit() != 0) {
            throw new GuestFailed("`%s` failed in the guest:%n%s".formatted(script, result));
        }
        return result.out().stripTrailing();
    }

    /** Starts a command that goes on by itself, its output kept in the guest. */
    public Job start(String script) {
        return Job.start(this, script);
    }

    /** Copies a file into the guest, executable if it is so here. */
    public void push(Path source, String path) {
        try {
            push(Files.readAllBytes(source), path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (Files.isExecutable(source)) {
            sh("chmod 755 '%s'".formatted(path));
        }
    }

    /** Writes a file in the guest, and the folders above it. */
    public void push(byte[] content, String path) {
        Result result = run("mkdir -p \"$(dirname '%1$s')\" && cat >'%1$s'".formatted(path), content, TRANSFER);
        if (result.exit() != 0) {
            throw new GuestFailed("%s could not be written in the guest:%n%s".formatted(path, result));
        }
    }

    /** Reads a file from the guest. */
    public byte[] pull(String path) {
        Result result = run("cat '%s'".formatted(path), TRANSFER);
        if (result.exit() != 0) {
            throw new GuestFailed("%s could not be read in the guest:%n%s".formatted(path, result));
        }
        return result.outBytes();
    }

    public UUID bootId() {
        return UUID.fromString(sh("cat /proc/sys/kernel/random/boot_id"));
    }

    public Duration uptime() {
        double seconds = Double.parseDouble(sh("cut -d ' ' -f 1 /proc/uptime"));
        return Duration.ofMillis((long) (seconds * 1000));
    }

    /** All that the kernel and init said so far. */
    public String console() {
        return console.text();
    }

    /** Waits until the console shows something, from switch-on on. */
    public void awaitConsole(String regex, Duration timeout) {
        Pattern pattern = Pattern.compile(regex, Pattern.MULTILINE);
        for (Deadline deadline = Deadline.in(timeout); !console.shows(pattern); Deadline.pause()) {
            if (!qemu.isRunning() && !console.shows(pattern)) {
                throw died("wait for " + regex);
            }
            if (deadline.passed()) {
                throw new GuestTimeout("The console does not show /%s/ after %s. Its last lines:%n%s"
                        .formatted(regex, timeout, console.tail()));
            }
        }
    }

    public boolean isRunning() {
        return qemu.isRunning();
    }

    /** Whether the guest's kernel has panicked. */
    public boolean panicked() {
        return console.showsPanic();
    }

    /** Waits until the guest has ended, by whatever means. */
    public void awaitEnd(Duration timeout) {
        if (!qemu.awaitEnd(Deadline.in(timeout))) {
            throw new GuestTimeout(
                    "The guest still runs after %s. Its console:%n%s".formatted(timeout, console.tail()));
        }
    }

    /** Shuts the guest down in an orderly way: services get SIGTERM, the disk is unmounted. */
    public void powerOff() {
        try {
            sh("poweroff");
        } catch (GuestDied e) {
            // It may be gone before it has answered.
            if (e.panicked()) {
                throw e;
            }
        }
        awaitEnd(END);
    }

    /** Pulls the plug: nothing gets to say goodbye. */
    public void powerCut() {
        qemu.kill();
    }

    /** Loads kernel modules that its machine has, with all they need; those that are loaded already, too. */
    public void load(List<String> modules) {
        // Not by modprobe: modules.dep names files as they were before they were uncompressed.
        for (String file : new KernelModules(machine.kernel().modulesDir()).inLoadOrder(modules)) {
            String path = "/lib/modules/%s/%s".formatted(machine.kernel().release(), KernelModules.uncompressed(file));
            sh("insmod %1$s 2>/tmp/insmod || grep -q 'File exists' /tmp/insmod || { cat /tmp/insmod >&2; exit 1; }"
                    .formatted(path));
        }
    }

    /** Shuts down, and boots the same machine again. This guest is then over; its successor is returned. */
    public Guest reboot() {
        powerOff();
        close();
        return machine.boot();
    }

    /** The process that is the machine. */
    public long pid() {
        return qemu.pid();
    }

    private GuestDied died(String expectation) {
        if (!qemu.awaitEnd(Deadline.in(LAST_BREATH))) {
            throw new GuestTimeout("QEMU closed a channel but goes on: " + qemu.complaints());
        }
        boolean panicked = panicked();
        return new GuestDied(
                "The guest %s before or during `%s`. Its console:%n%s%n%s"
                        .formatted(panicked ? "panicked" : "ended", expectation, console.tail(), qemu.complaints()),
                panicked);
    }

    @Override
    public void close() {
        qemu.kill();
        if (Files.exists(folder)) {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
