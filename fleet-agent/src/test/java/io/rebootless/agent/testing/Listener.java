package io.rebootless.agent.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Serves each connection to a socket in a thread of its own; closing it closes them all. */
final class Listener implements AutoCloseable {
    private final ServerSocket socket;
    private final Service service;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    /** What is done with a connection; whatever it throws ends that connection only. */
    @FunctionalInterface
    interface Service {
        void serve(Socket connection) throws IOException, InterruptedException;
    }

    private Listener(ServerSocket socket, Service service) {
        this.socket = socket;
        this.service = service;
    }

    static Listener on(ServerSocket socket, Service service) {
        var listener = new Listener(socket, service);
        daemon(listener::accept);
        return listener;
    }

    ServerSocket socket() {
        return socket;
    }

    /** A connection that the service has opened: it ends with the others. */
    Socket opened(Socket connection) {
        open.add(connection);
        return connection;
    }

    static Thread daemon(Runnable work) {
        var thread = new Thread(work, "listener");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                var connection = opened(socket.accept());
                daemon(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            service.serve(connection);
        } catch (IOException | InterruptedException e) {
            // The other side has hung up, or the test is over.
        } finally {
            open.remove(connection);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
            for (var connection : open) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
