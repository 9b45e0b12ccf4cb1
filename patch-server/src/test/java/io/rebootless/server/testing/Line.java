package io.rebootless.server.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP line between a server and its database that a test can cut. */
public final class Line implements AutoCloseable {
    private final ServerSocket entrance;
    private final int target;
    private final Set<Socket> ends = ConcurrentHashMap.newKeySet();
    private volatile State state = State.WHOLE;

    private enum State {
        WHOLE,
        /** Connections end, new ones are closed at once. */
        CUT,
        /** Connections stay, and carry nothing; so do new ones. */
        SILENT
    }

    /** To a port on this machine. */
    public Line(int target) throws IOException {
        this.target = target;
        this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    public int port() {
        return entrance.getLocalPort();
    }

    public void cut() {
        state = State.CUT;
        hangUp();
    }

    public void silence() {
        state = State.SILENT;
    }

    /** What was silent is lost, as after a long failure of a network. */
    public void mend() {
        hangUp();
        state = State.WHOLE;
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket caller = entrance.accept();
                ends.add(caller);
                switch (state) {
                    case CUT -> caller.close();
                    case SILENT -> {}
                    case WHOLE -> {
                        var callee = new Socket(InetAddress.getLoopbackAddress(), target);
                        ends.add(callee);
                        start(() -> carry(caller, callee));
                        start(() -> carry(callee, caller));
                    }
                }
            } catch (IOException closed) {
                // The next round sees whether it is the entrance.
            }
        }
    }

    private void carry(Socket from, Socket to) {
        byte[] buffer = new byte[8192];
        try (from;
                to) {
            for (int read = from.getInputStream().read(buffer);
                    read >= 0;
                    read = from.getInputStream().read(buffer)) {
                if (state == State.WHOLE) {
                    to.getOutputStream().write(buffer, 0, read);
                }
            }
        } catch (IOException closed) {
            // Both ends go.
        }
    }

    private void hangUp() {
        for (Socket end : ends) {
            try {
                end.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        ends.clear();
    }

    private static void start(Runnable task) {
        var thread = new Thread(task, "line");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        hangUp();
    }
}
