package io.rebootless.agent.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A socket on loopback whose answers are bytes: nothing keeps them from being no HTTP at all. */
public final class HostileServer implements AutoCloseable {
    private final Listener listener;
    private final Behaviour behaviour;
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /** What it does with a request. */
    @FunctionalInterface
    public interface Behaviour {
        void answer(String head, OutputStream out) throws IOException, InterruptedException;
    }

    private HostileServer(ServerSocket socket, Behaviour behaviour) {
        this.behaviour = behaviour;
        this.listener = Listener.on(socket, this::serve);
    }

    public static HostileServer start(Behaviour behaviour) {
        return start("127.0.0.1", behaviour);
    }

    public static HostileServer start(String address, Behaviour behaviour) {
        try {
            return start(new ServerSocket(0, 50, InetAddress.getByName(address)), behaviour);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** On a socket of the caller's making, such as one with TLS. */
    public static HostileServer start(ServerSocket socket, Behaviour behaviour) {
        return new HostileServer(socket, behaviour);
    }

    /** One that says these bytes to everybody and hangs up. */
    public static HostileServer saying(String bytes) {
        return start((head, out) -> out.write(bytes.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** An answer that is correct, but for what {@code headers} and {@code body} say. */
    public static String answer(int status, String headers, String body) {
        return "HTTP/1.1 %d Whatever\r\n%s%sContent-Length: %d\r\n\r\n%s"
                .formatted(status, headers, headers.isEmpty() ? "" : "\r\n", body.length(), body);
    }

    public URI uri() {
        String host = listener.socket().getInetAddress().getHostAddress();
        return URI.create("http://%s:%d".formatted(host.contains(":") ? "[" + host + "]" : host, port()));
    }

    public int port() {
        return listener.socket().getLocalPort();
    }

    /** First lines and headers of all that was asked. */
    public List<String> requests() {
        return requests;
    }

    private void serve(Socket connection) throws IOException, InterruptedException {
        String head = head(new BufferedInputStream(connection.getInputStream()));
        requests.add(head);
        behaviour.answer(head, connection.getOutputStream());
        connection.getOutputStream().flush();
    }

    /** Reads a head and the body behind it; the head is given back. */
    private static String head(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("nothing asked");
            }
            head.write(c);
        }
        String text = head.toString(StandardCharsets.ISO_8859_1);
        text.lines()
                .filter(line -> line.startsWith("Content-Length: "))
                .findFirst()
                .ifPresent(line -> {
                    try {
                        in.readNBytes(Integer.parseInt(line.substring("Content-Length: ".length())));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        return text;
    }

    @Override
    public void close() {
        listener.close();
    }
}
