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
    private final ServerSocket socket;
    private final Behaviour behaviour;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    /** What it does with a request. */
    @FunctionalInterface
    public interface Behaviour {
        void answer(String head, OutputStream out) throws IOException, InterruptedException;
    }

    private HostileServer(ServerSocket socket, Behaviour behaviour) {
        this.socket = socket;
        this.behaviour = behaviour;
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
        var server = new HostileServer(socket, behaviour);
        server.daemon(server::accept);
        return server;
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
        String host = socket.getInetAddress().getHostAddress();
        return URI.create("http://%s:%d".formatted(host.contains(":") ? "[" + host + "]" : host, port()));
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** First lines and headers of all that was asked. */
    public List<String> requests() {
        return requests;
    }

    private void daemon(Runnable work) {
        var thread = new Thread(work, "hostile-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                var connection = socket.accept();
                open.add(connection);
                daemon(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            var in = new BufferedInputStream(connection.getInputStream());
            String head = head(in);
            requests.add(head);
            behaviour.answer(head, connection.getOutputStream());
            connection.getOutputStream().flush();
        } catch (IOException | InterruptedException e) {
            // The agent has hung up, or the test is over.
        } finally {
            open.remove(connection);
        }
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
