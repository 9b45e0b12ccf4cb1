package io.rebootless.agent.durable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one process at a time, and one thread of it, decide and act: {@code revert} works while {@code run} does. Held
 * for one step, never while waiting for the network or for a transition.
 */
public final class ActionLock {
    private final Path file;
    private final ReentrantLock threads = new ReentrantLock();

    public ActionLock(Path file) {
        this.file = file;
    }

    /** Held until closed. */
    public final class Held implements AutoCloseable {
        private final FileChannel channel;

        private Held(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void close() throws IOException {
            try {
                channel.close();
            } finally {
                threads.unlock();
            }
        }
    }

    /** Waits for its turn. */
    public Held acquire() throws IOException {
        threads.lock();
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE),
                    PosixFilePermissions.asFileAttribute(DurableFile.SECRET));
            channel.lock();
            return new Held(channel);
        } catch (IOException | RuntimeException e) {
            if (channel != null) {
                channel.close();
            }
            threads.unlock();
            throw e;
        }
    }
}
