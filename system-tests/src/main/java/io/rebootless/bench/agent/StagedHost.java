package io.rebootless.bench.agent;

import io.rebootless.guest.HostCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Plain files where a host has /proc, /sys and /etc, and a stand-in for the kernel module: once all bytes of the bundle
 * are staged it says that the livepatch is in force, and then takes the command, for which {@code apply} is a FIFO.
 */
final class StagedHost {
    private static final Duration COMMAND = Duration.ofMinutes(1);
    private static final long NAP_MILLIS = 20;

    private final Path folder;

    private StagedHost(Path folder) {
        this.folder = folder;
    }

    static StagedHost create(Path folder, SignedBundle bundle) throws IOException {
        var host = new StagedHost(folder);
        host.write("proc/sys/kernel/osrelease", SignedBundle.KERNEL.release());
        host.write("proc/sys/kernel/version", SignedBundle.KERNEL.version());
        host.write("proc/sys/kernel/hostname", "bench");
        host.write("proc/sys/kernel/random/boot_id", "11111111-2222-3333-4444-555555555555");
        Files.createSymbolicLink(folder.resolve("proc/uptime"), Path.of("/proc/uptime"));
        host.write("proc/cmdline", "quiet");
        byte[] id = SignedBundle.KERNEL.buildId().bytes();
        Files.createDirectories(folder.resolve("sys/kernel"));
        Files.write(
                folder.resolve("sys/kernel/notes"),
                ByteBuffer.allocate(16 + id.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(4)
                        .putInt(id.length)
                        .putInt(3)
                        .put("GNU\0".getBytes(StandardCharsets.US_ASCII))
                        .put(id)
                        .array());
        host.module("sealed", "1");
        host.module("level", "0");
        host.module("patch", "");
        host.module("floor", "0");
        host.module("last_error", "ok");
        Files.write(host.staged(), new byte[0]);
        HostCommand.output(COMMAND, List.of("mkfifo", host.apply().toString()));
        Files.createDirectories(folder.resolve("trust.d"));
        Files.write(folder.resolve("trust.d/bench.der"), bundle.publisher().der());
        host.write("agent.properties", """
                state.directory=state
                trust.directory=trust.d
                sysfs=sys
                proc=proc""");
        var kernel = new Thread(() -> host.take(bundle.file().length), "staged-kernel");
        kernel.setDaemon(true);
        kernel.start();
        return host;
    }

    Path settings() {
        return folder.resolve("agent.properties");
    }

    private Path staged() {
        return folder.resolve("sys/kernel/rebootless/bundle");
    }

    private Path apply() {
        return folder.resolve("sys/kernel/rebootless/apply");
    }

    private void take(long bytes) {
        try {
            while (Files.size(staged()) < bytes) {
                Thread.sleep(NAP_MILLIS);
            }
            module("level", "1");
            module("patch", SignedBundle.MODULE);
            write("sys/kernel/livepatch/" + SignedBundle.MODULE + "/enabled", "1");
            write("sys/kernel/livepatch/" + SignedBundle.MODULE + "/transition", "0");
            // The agent's own opening of it for writing waits for this one.
            String command = Files.readString(apply());
            if (!command.equals("upgrade")) {
                throw new IllegalStateException("the agent commands " + command);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void module(String file, String text) throws IOException {
        write("sys/kernel/rebootless/" + file, text);
    }

    private void write(String file, String line) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, line + "\n");
    }
}
