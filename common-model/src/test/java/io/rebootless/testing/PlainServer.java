package io.rebootless.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * Answers one connection on loopback in plain HTTP, whatever it is asked. It speaks first, as no server of Java's own does,
 * which waits for the end of a line.
 */
public final class PlainServer implements AutoCloseable {
    private static final byte[] ANSWER = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket listener;
    private final CompletableFuture<Void> speaking;

    private PlainServer(ServerSocket listener) {
        this.listener = listener;
        this.speaking = CompletableFuture.runAsync(this::speak);
    }

    public static PlainServer start() throws IOException {
        return new PlainServer(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }

    public int port() {
        return listener.getLocalPort();
    }

    private void speak() {
        try (var socket = listener.accept()) {
            socket.getOutputStream().write(ANSWER);
            socket.getInputStream().readAllBytes();
        } catch (IOException reset) {
            // The client has seen enough, or nobody came.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        speaking.join();
    }
}
