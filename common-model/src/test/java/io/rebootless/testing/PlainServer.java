package io.rebootless.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Answers each connection on loopback in plain HTTP, whatever it is asked. It speaks first, as no server of Java's own
 * does, which waits for the end of a line.
 */
public final class PlainServer implements AutoCloseable {
    private static final byte[] ANSWER = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int BACKLOG = 8;

    private final ServerSocket listener;

    private PlainServer(ServerSocket listener) {
        this.listener = listener;
    }

    public static PlainServer start() throws IOException {
        var server = new PlainServer(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
        background(server::accept);
        return server;
    }

    public int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (true) {
            Socket socket;
            try {
                socket = listener.accept();
            } catch (IOException closed) {
                return;
            }
            background(() -> speak(socket));
        }
    }

    private static void speak(Socket connection) {
        try (connection) {
            connection.getOutputStream().write(ANSWER);
            connection.getInputStream().readAllBytes();
        } catch (IOException reset) {
            // The client has seen enough.
        }
    }

    private static void background(Runnable work) {
        var thread = new Thread(work, "plain-server");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
