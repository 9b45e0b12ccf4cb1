package io.rebootless.agent.durable;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets one process at a time, and one thread of it, decide and act: {@code revert} works while {@code run} does. Held
 * for one step, never while waiting for the network, for a bundle's verification, for a probe or for a transition. (The
 * replacement of a token has a lock of its own, which nothing else waits for.)
 */
public final class ActionLock {
    private static final long GLANCE_MILLIS = 20;
    private static final long PATIENCE_MILLIS = 60_000;

    private final Path file;
    private final ReentrantLock threads = new ReentrantLock();

    public ActionLock(Path file) {
        this.file = file;
    }

    /** Held until closed. */
    public final class Held implements Closeable {
        private final FileChannel channel;

        private Held(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void close() throws IOException {
            release(channel);
        }
    }

    /** The longest step is the kernel's that loads a bundle: whoever takes longer is stuck, and that had better be said. */
    private void await(FileChannel channel) throws IOException {
        for (long waited = 0; !taken(channel); waited += GLANCE_MILLIS) {
            if (waited > PATIENCE_MILLIS) {
                throw new IOException(
                        "%s: another rebootless-agent has been acting for %d s; look for it with `fuser -v`"
                                .formatted(file, PATIENCE_MILLIS / 1000));
            }
            try {
                Thread.sleep(GLANCE_MILLIS);
            } catch (InterruptedException e) {
                throw (IOException) new InterruptedIOException("interrupted").initCause(e);
            }
        }
    }

    private static boolean taken(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // Somebody else in this process who has not the same object.
            return false;
        }
    }

    private void release(@Nullable FileChannel channel) throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            threads.unlock();
        }
    }

    /** Takes its turn only if nobody else has it. */
    public Optional<Held> tryAcquire() throws IOException {
        if (!threads.tryLock()) {
            return Optional.empty();
        }
        FileChannel channel = null;
        boolean held = false;
        try {
            channel = open();
            held = taken(channel);
            return held ? Optional.of(new Held(channel)) : Optional.empty();
        } finally {
            if (!held) {
                release(channel);
            }
        }
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE),
                PosixFilePermissions.asFileAttribute(DurableFile.SECRET));
    }

    /** Waits for its turn. */
    public Held acquire() throws IOException {
        threads.lock();
        FileChannel channel = null;
        boolean held = false;
        try {
            channel = open();
            await(channel);
            held = true;
            return new Held(channel);
        } finally {
            if (!held) {
                release(channel);
            }
        }
    }
}
