package io.rebootless.agent.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of 24 MiB, in memory, that can be full or read-only. Only root may mount one: others skip the test. */
public final class SmallDisk implements AutoCloseable {
    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    public static SmallDisk at(Path folder) throws IOException {
        Files.createDirectories(folder);
        assumeTrue(sh("mount -t tmpfs -o size=24m,mode=755 none '%s'".formatted(folder)), "mounting needs root");
        return new SmallDisk(folder);
    }

    public Path folder() {
        return folder;
    }

    /** What a shell does to fill it, to the last byte. */
    public String filling() {
        return "cat /dev/zero 2>/dev/null >'%s' || :".formatted(folder.resolve("filler"));
    }

    public void fill() throws IOException {
        sh(filling());
    }

    public void makeRoom() throws IOException {
        Files.delete(folder.resolve("filler"));
    }

    public void readOnly() throws IOException {
        if (!sh("mount -o remount,ro '%s'".formatted(folder))) {
            throw new IOException("cannot be made read-only");
        }
    }

    private static boolean sh(String script) throws IOException {
        try {
            return new ProcessBuilder("sh", "-c", script).start().waitFor() == 0;
        } catch (InterruptedException e) {
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (!sh("umount -l '%s'".formatted(folder))) {
            throw new IOException(folder + " stays mounted");
        }
    }
}
