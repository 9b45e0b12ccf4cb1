package io.rebootless.agent.testing;

import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestPublishers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Plain files where a host has /proc, /sys and /etc: enough to read, without a kernel's answers to what is written.
 *
 * @param directory holds all of it
 */
public record FakeRoot(Path directory) {

    /** A host that runs {@link TestBundles#KERNEL}, its module loaded and sealed, alice trusted. */
    public static FakeRoot in(Path directory) throws IOException {
        var root = new FakeRoot(directory);
        root.write("proc/sys/kernel/osrelease", TestBundles.KERNEL.release());
        root.write("proc/sys/kernel/version", TestBundles.KERNEL.version());
        root.write("proc/sys/kernel/hostname", "web-1");
        root.write("proc/sys/kernel/random/boot_id", "11111111-2222-3333-4444-555555555555");
        root.write("proc/uptime", "100.25 380.00");
        root.write("proc/cmdline", "root=/dev/vda1 quiet");
        Path notes = Files.createDirectories(root.sysfs().resolve("kernel")).resolve("notes");
        byte[] id = TestBundles.KERNEL.buildId().bytes();
        Files.write(
                notes,
                ByteBuffer.allocate(16 + id.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(4)
                        .putInt(id.length)
                        .putInt(3)
                        .put("GNU\0".getBytes(StandardCharsets.US_ASCII))
                        .put(id)
                        .array());
        root.module("sealed", "1");
        root.module("level", "0");
        root.module("patch", "");
        root.module("floor", "0");
        root.module("last_error", "ok");
        root.module("apply", "");
        Path certificates = Files.createDirectories(directory.resolve("trust.d"));
        Files.write(
                certificates.resolve("alice.der"),
                TestPublishers.alice().certificate().der());
        return root;
    }

    /** Settings that point into this directory, and have no use for a proxy of the machine's that runs the test. */
    public Path settings(String... more) throws IOException {
        write("etc/agent.properties", """
                state.directory=%s
                trust.directory=%s
                sysfs=%s
                proc=%s
                proxy=none
                %s""".formatted(
                        state(), directory.resolve("trust.d"), sysfs(), proc(), String.join("\n", more)));
        return directory.resolve("etc/agent.properties");
    }

    public Path proc() {
        return directory.resolve("proc");
    }

    public Path sysfs() {
        return directory.resolve("sys");
    }

    public Path state() {
        return directory.resolve("state");
    }

    /** A file in the trust directory. */
    public void trust(String file, byte[] content) throws IOException {
        Files.write(directory.resolve("trust.d").resolve(file), content);
    }

    /** Another boot than before. */
    public void boot(String id) throws IOException {
        write("proc/sys/kernel/random/boot_id", id);
    }

    /** The module's parameter. */
    public void keyring(String word) throws IOException {
        write("sys/module/rebootless/parameters/keyring", word);
    }

    public void module(String file, String text) throws IOException {
        write("sys/kernel/rebootless/" + file, text);
    }

    public void livepatch(String name, boolean enabled, boolean transition) throws IOException {
        write("sys/kernel/livepatch/" + name + "/enabled", enabled ? "1" : "0");
        write("sys/kernel/livepatch/" + name + "/transition", transition ? "1" : "0");
    }

    /** Anything else, by its path below the directory. */
    public void file(String file, String line) throws IOException {
        write(file, line);
    }

    private void write(String file, String line) throws IOException {
        Path path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, line + "\n");
    }
}
