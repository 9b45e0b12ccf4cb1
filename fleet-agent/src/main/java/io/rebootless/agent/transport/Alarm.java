package io.rebootless.agent.transport;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends an exchange that takes too long, wherever it hangs: in a write, in a TLS record that comes byte by byte, in headers
 * without end. It closes the connection from a thread of its own; a socket's time-outs know single reads only.
 */
final class Alarm implements AutoCloseable {
    private long at;
    private boolean off;
    private boolean rang;
    private @Nullable Closeable guarded;

    private Alarm(Duration after) {
        this.at = System.nanoTime() + after.toNanos();
    }

    static Alarm in(Duration after) {
        var alarm = new Alarm(after);
        var thread = new Thread(alarm::watch, "exchange-alarm");
        thread.setDaemon(true);
        thread.start();
        return alarm;
    }

    /** From now on this is what it closes. */
    void guard(Closeable connection) throws IOException {
        boolean late;
        synchronized (this) {
            guarded = connection;
            late = rang;
        }
        if (late) {
            connection.close();
            throw new SocketTimeoutException("no answer in time");
        }
    }

    synchronized void move(Duration after) {
        at = System.nanoTime() + after.toNanos();
        notifyAll();
    }

    synchronized boolean rang() {
        return rang;
    }

    /** Says what a closed connection really means. */
    IOException explained(IOException e) {
        if (!rang()) {
            return e;
        }
        var late = new SocketTimeoutException("no answer in time");
        late.initCause(e);
        return late;
    }

    /** From now on it does not ring. Says whether it never has: only then the connection is as it was. */
    synchronized boolean disarm() {
        off = true;
        notifyAll();
        return !rang;
    }

    @Override
    public void close() {
        disarm();
    }

    private void watch() {
        try {
            var connection = awaited();
            if (connection != null) {
                connection.close();
            }
        } catch (IOException | InterruptedException e) {
            // It is closed as far as it can be, and nobody waits for this thread.
        }
    }

    private synchronized @Nullable Closeable awaited() throws InterruptedException {
        while (!off) {
            long left = at - System.nanoTime();
            if (left <= 0) {
                rang = true;
                return guarded;
            }
            wait(left / 1_000_000 + 1);
        }
        return null;
    }
}
